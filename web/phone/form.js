// Shows a question only when the answer it depends on is chosen. Without script all questions are shown, and the server decides.
(function () {
  var form = document.querySelector('form[data-form]');
  if (!form) return;
  var parts = form.querySelectorAll('[data-when]');
  function update() {
    for (var i = 0; i < parts.length; i++) {
      var chosen = form.querySelector('input[name="' + parts[i].getAttribute('data-when') + '"]:checked');
      var shown = chosen && chosen.value === parts[i].getAttribute('data-is');
      parts[i].className = parts[i].className.replace(/ ?hidden/, '') + (shown ? '' : ' hidden');
      var inputs = parts[i].querySelectorAll('input');
      for (var j = 0; j < inputs.length; j++) inputs[j].disabled = !shown;
    }
  }
  form.addEventListener('change', update);
  update();
})();
