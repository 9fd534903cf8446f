// Checks tickets in at a door: by the camera where the browser reads QR codes, else as typed. What can't be sent is kept on this
// phone with its time, and sent when the network is back. Without script the form does the same, one ticket a page.
(function () {
  var door = document.getElementById('door');
  if (!door || !window.fetch || !window.localStorage) return;
  var action = door.getAttribute('data-action'), skew = door.getAttribute('data-now') - Date.now();
  var result = document.getElementById('result'), waiting = document.getElementById('waiting'), form = document.getElementById('typed');
  var store = 'qunce-door ' + action, patience = 8000, sending = false;
  function word(name) { return door.getAttribute('data-' + name); }
  function read(key) { try { return JSON.parse(localStorage.getItem(key)) || []; } catch (e) { return []; } }
  function write(key, list) { localStorage.setItem(key, JSON.stringify(list)); }
  function fresh() { return Date.now().toString(36) + '-' + Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2); }
  function hour(ms) { var d = new Date(ms - skew), m = d.getMinutes(); return d.getHours() + ':' + (m < 10 ? '0' : '') + m; }

  function show(title, text, tone) {
    result.className = 'card result ' + tone;
    result.innerHTML = '<p class="big"></p><p></p>';
    result.firstChild.textContent = title;
    result.lastChild.textContent = text;
    if (navigator.vibrate) navigator.vibrate(tone === 'good' ? 80 : [120, 80, 120]);
  }
  function count() {
    var n = read(store).length;
    waiting.className = 'notice' + (n ? '' : ' hidden');
    waiting.textContent = n ? word('waiting').replace('{n}', n) : '';
  }

  // post sends a scan; it fails only when no answer came.
  function post(x, offline) {
    var body = 'code=' + encodeURIComponent(x.code) + '&nonce=' + encodeURIComponent(x.nonce) + '&at=' + x.at + (offline ? '&offline=1' : '');
    return new Promise(function (done, fail) {
      var timer = setTimeout(fail, patience);
      fetch(action, { method: 'POST', credentials: 'same-origin', body: body, headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' } }).then(function (r) {
        if (r.status >= 500) throw r;
        return r.json().then(function (a) { clearTimeout(timer); done({ status: r.status, answer: a }); });
      }).catch(function (e) { clearTimeout(timer); fail(e); });
    });
  }
  function signedOut() { show(word('expired'), '', 'bad'); }

  // keep remembers a scan that got no answer. Sent may have arrived or not: the very same is asked again before it counts as an
  // entry without a network. Who stands at the door lets in whom this phone has not seen before.
  function keep(x, sent) {
    var list = read(store), seen = read(store + ' seen'), before = 0, i;
    for (i = 0; i < seen.length; i++) if (seen[i].code === x.code) before = seen[i].at;
    x.sent = sent;
    x.inside = !before;
    list.push(x);
    write(store, list);
    if (before) show(word('again'), word('again-text').replace('{first}', hour(before)), 'bad');
    else { note(x); show(word('offline'), word('offline-text'), 'warn'); }
    count();
  }
  function note(x) {
    var seen = read(store + ' seen');
    seen.push({ code: x.code, at: x.at });
    write(store + ' seen', seen.slice(-2000));
  }

  function check(code) {
    code = code.replace(/\s+/g, '').toLowerCase();
    if (!code) return;
    var x = { code: code, nonce: fresh(), at: Date.now() + skew };
    if (navigator.onLine === false) { keep(x, false); return; }
    post(x, false).then(function (r) {
      if (r.status === 401) { signedOut(); return; }
      if (r.answer.good) note(x);
      show(r.answer.title, r.answer.text, r.answer.good ? 'good' : 'bad');
      refresh();
    }, function () { keep(x, true); });
  }

  // flush sends what was kept, one after the other, and stops where there is still no network.
  function flush() {
    var list = read(store), x = list[0];
    count();
    if (sending || !x || navigator.onLine === false) return;
    sending = true;
    post(x, !x.sent && x.inside).then(function (r) {
      sending = false;
      if (r.status === 401 || r.status === 403 || r.status === 429) { if (r.status !== 429) signedOut(); return; }
      list = read(store);
      for (var i = list.length - 1; i >= 0; i--) if (list[i].nonce === x.nonce) { // another page of this browser may have sent it
        list.splice(i, 1);
        if (x.sent && x.inside && r.answer.result === 'already') { // it had let in elsewhere, and here once more
          list.unshift({ code: x.code, nonce: fresh(), at: x.at, inside: true });
        }
        write(store, list);
      }
      if (list.length) flush(); else { count(); refresh(); }
    }, function () { sending = false; });
  }

  // refresh reads the counts and the double entries again.
  function refresh() {
    fetch(action, { credentials: 'same-origin' }).then(function (r) { return r.ok ? r.text() : ''; }).then(function (html) {
      var now = html && new DOMParser().parseFromString(html, 'text/html').getElementById('counts');
      if (now) document.getElementById('counts').innerHTML = now.innerHTML;
    }).catch(function () { /* later */ });
  }

  form.addEventListener('submit', function (e) {
    e.preventDefault();
    check(form.code.value);
    form.code.value = '';
    form.code.focus();
  });
  window.addEventListener('online', flush);
  setInterval(flush, 5000);
  flush();

  var start = document.getElementById('scan'), camera = document.getElementById('camera');
  if (!window.BarcodeDetector || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
  start.className = 'button';
  start.addEventListener('click', function () {
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (stream) {
      var reader = new window.BarcodeDetector({ formats: ['qr_code'] }), last = '', lastAt = 0;
      start.className = 'button hidden';
      camera.className = 'camera';
      camera.srcObject = stream;
      camera.play();
      setInterval(function () {
        reader.detect(camera).then(function (codes) {
          if (!codes.length) return;
          var code = codes[0].rawValue, now = Date.now();
          if (code === last && now - lastAt < 4000) { lastAt = now; return; } // still before the camera
          last = code;
          lastAt = now;
          check(code);
        }).catch(function () { /* no picture yet */ });
      }, 250);
    }).catch(function () { start.className = 'button hidden'; form.code.focus(); });
  });
})();
