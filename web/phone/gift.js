// Hands a link to the phone's share sheet, or copies it. Without script the link stands in a field.
(function () {
  var buttons = document.querySelectorAll('button[data-share]');
  var canCopy = navigator.clipboard && navigator.clipboard.writeText;
  if (!navigator.share && !canCopy) return;
  function done(b) { b.textContent = b.getAttribute('data-done'); }
  for (var i = 0; i < buttons.length; i++) {
    buttons[i].className = buttons[i].className.replace(/ ?hidden/, '');
    buttons[i].addEventListener('click', function () {
      var b = this, url = b.getAttribute('data-share');
      if (navigator.share) { navigator.share({ title: document.title, url: url }).catch(function () { /* they thought better of it */ }); return; }
      navigator.clipboard.writeText(url).then(function () { done(b); }, function () { b.className += ' hidden'; });
    });
  }
})();
