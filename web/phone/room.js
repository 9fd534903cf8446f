// Shows what a script room shows as it comes, and keeps the reader at its end unless they scrolled up. Without script the page is
// loaded anew instead.
(function () {
  var list = document.getElementById('script'), room = list && list.getAttribute('data-room');
  if (!room || !window.fetch) return;
  var note = document.getElementById('note'), newer = document.getElementById('newer'), following = true, over = false, heard = false, live, poll;
  var asked = document.getElementById('asked'), questions = document.getElementById('questions'), form = document.getElementById('ask-form'), soon;
  function bottom() { return list.getBoundingClientRect().bottom - window.innerHeight; }
  function toEnd() { newer.className = 'button newer hidden'; following = true; window.scrollTo(0, Math.max(0, window.pageYOffset + bottom() + 120)); }
  function asking() { return questions.open && form.getBoundingClientRect().top < window.innerHeight; }
  function take(f) {
    if (over) return;
    var box = document.createElement('ol'), fresh = false, still = asking(), follow = following && !still, top = form.getBoundingClientRect().top, li;
    box.innerHTML = f.html;
    while ((li = box.firstElementChild)) {
      if (document.getElementById(li.id)) { box.removeChild(li); continue; }
      list.appendChild(li);
      fresh = true;
    }
    if (f.shown > +list.getAttribute('data-shown')) list.setAttribute('data-shown', f.shown);
    note.textContent = f.note;
    note.className = f.note ? 'notice' : 'hidden';
    if (f.state === 'ended') {
      over = true;
      if (live) live.close();
      window.clearInterval(poll);
    } else if (fresh && follow) toEnd();
    else if (fresh && !still) newer.className = 'button newer';
    if (still) window.scrollTo(0, window.pageYOffset + form.getBoundingClientRect().top - top); // who asks keeps the form where it is
  }
  function read() {
    fetch(room + '/news?from=' + list.getAttribute('data-shown'), { credentials: 'same-origin' }).then(function (r) {
      return r.ok && !r.redirected ? r.json().then(take) : null;
    }).catch(function () {}); // the connection is away for a moment
  }
  function byHand() { if (!poll && !over) { read(); poll = window.setInterval(read, 2000); } }
  window.addEventListener('scroll', function () {
    following = bottom() < 160;
    if (following) newer.className = 'button newer hidden';
  });
  newer.addEventListener('click', toEnd);
  list.addEventListener('load', function () { if (following && !over && !asking()) toEnd(); }, true); // a slide has its height now

  function readQuestions() {
    soon = null;
    fetch(questions.getAttribute('data-questions'), { credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } }).then(function (r) {
      return r.ok && !r.redirected ? r.text().then(function (html) { asked.innerHTML = html; }) : null;
    }).catch(function () {});
  }
  function send(f, done) {
    var button = f.querySelector('button'), body = [], i, e;
    for (i = 0; i < f.elements.length; i++) {
      e = f.elements[i];
      if (e.name) body.push(encodeURIComponent(e.name) + '=' + encodeURIComponent(e.value));
    }
    button.disabled = true;
    fetch(f.action, { method: 'POST', body: body.join('&'), credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch', 'Content-Type': 'application/x-www-form-urlencoded' } }).then(function (r) {
      if (!r.ok) { f.submit(); return null; } // the page that answers says why not
      return r.text().then(function (key) { button.disabled = false; done(key); readQuestions(); });
    }).catch(function () { button.disabled = false; });
  }
  document.getElementById('ask').className = '';
  questions.addEventListener('toggle', function () { if (questions.open) readQuestions(); });
  form.addEventListener('submit', function (e) {
    e.preventDefault();
    var text = form.elements.text, said = text.value;
    send(form, function (key) {
      form.elements.key.value = key;
      if (text.value.indexOf(said) === 0) text.value = text.value.slice(said.length); // what was typed since stays
    });
  });
  asked.addEventListener('submit', function (e) {
    e.preventDefault();
    send(e.target, function () {});
  });

  if (window.EventSource) {
    live = new EventSource(room + '/stream?from=' + list.getAttribute('data-shown'));
    live.addEventListener('shown', function (e) { heard = true; take(JSON.parse(e.data)); });
    live.addEventListener('questions', function () {
      if (questions.open !== false && !soon) soon = window.setTimeout(readQuestions, Math.random() * 2000); // not all phones at once
    });
    live.onerror = function () { if (live.readyState === 2) byHand(); };
    window.setTimeout(function () { if (!heard) byHand(); }, 8000); // something on the way keeps the stream back
  } else byHand();
  document.addEventListener('visibilitychange', function () { if (!document.hidden && !over) read(); });
  if (+list.getAttribute('data-shown') > 0) toEnd();
})();
