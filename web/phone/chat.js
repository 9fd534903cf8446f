// Brings what is said into the open page, and sends without leaving it. Without script the page works by form and reload.
(function () {
  var chat = document.getElementById('chat');
  if (!chat || !window.fetch) return;
  var busy = false, again = false;
  function last() { return chat.getAttribute('data-last') || '0'; }
  function atEnd() { return window.innerHeight + window.pageYOffset >= document.body.scrollHeight - 160; }
  function read() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(chat.getAttribute('data-news') + '?after=' + last(), { credentials: 'same-origin' }).then(function (r) {
      return r.ok ? r.text() : '';
    }).then(function (html) {
      if (html) {
        var follow = atEnd(), box = document.createElement('ol');
        box.innerHTML = html;
        while (box.firstElementChild) {
          var li = box.firstElementChild, old = document.getElementById(li.id);
          if (old) chat.replaceChild(li, old); else chat.appendChild(li);
          if (+li.getAttribute('data-seq') > +last()) chat.setAttribute('data-last', li.getAttribute('data-seq'));
        }
        if (follow) window.scrollTo(0, document.body.scrollHeight);
      }
    }).catch(function () { window.setTimeout(read, 3000); }).then(function () { busy = false; if (again) { again = false; read(); } });
  }
  if (window.EventSource) {
    var live = new EventSource(chat.getAttribute('data-stream'));
    live.addEventListener('news', read);
    live.addEventListener('changed', function (e) {
      fetch(chat.getAttribute('data-news') + '?only=' + e.data, { credentials: 'same-origin' }).then(function (r) { return r.text(); }).then(function (html) {
        var box = document.createElement('ol'), old = document.getElementById('m' + e.data);
        box.innerHTML = html;
        if (old && box.firstElementChild) chat.replaceChild(box.firstElementChild, old);
      });
    });
    live.onopen = read;
  } else {
    window.setInterval(read, 5000);
  }
  var form = document.getElementById('composer');
  chat.addEventListener('click', function (e) {
    var a = e.target;
    if (!form || !a.getAttribute || !a.getAttribute('data-reply')) return;
    e.preventDefault();
    document.getElementById('reply_to').value = a.getAttribute('data-reply');
    document.getElementById('replying_to').textContent = a.getAttribute('data-name');
    document.getElementById('replying').className = 'notice small';
    document.getElementById('text').focus();
  });
  if (form) {
    var file = form.querySelector('input[type=file]'), sending = false;
    // A picture waits for what is on its way: until the answer the form holds the key of that message.
    var show = function () { if (file.files.length && !sending) form.submit(); };
    file.addEventListener('change', show);
    form.addEventListener('submit', function (e) {
      if (file.files.length || !window.FormData) return;
      e.preventDefault();
      var button = form.querySelector('button.button'), text = form.elements.text, said = text.value;
      button.disabled = sending = true;
      var answered = function () { button.disabled = sending = false; };
      fetch(form.action, { method: 'POST', body: new FormData(form), credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } }).then(function (r) {
        if (!r.ok) { form.submit(); return; }
        return r.text().then(function (key) {
          form.elements.key.value = key;
          if (text.value.indexOf(said) === 0) text.value = text.value.slice(said.length);
          form.elements.reply_to.value = '';
          document.getElementById('replying').className = 'notice small hidden';
          answered();
          read();
          show();
        });
      }).catch(answered);
    });
  }
  window.scrollTo(0, document.body.scrollHeight);
})();
