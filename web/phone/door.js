// Checks tickets in at a door: by the camera, or as typed. What can't be sent is kept on this
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

  // The camera: the browser reads codes, or else (in WeChat, in Safari) our own reader does. Where no page may have the camera's live
  // picture, a photo of the code is taken.
  var start = document.getElementById('scan'), camera = document.getElementById('camera'), photo = document.getElementById('photo');
  var own = start.getAttribute('data-reader'), canvas = document.createElement('canvas'), last = '', lastAt = 0;
  var detector = window.BarcodeDetector ? new window.BarcodeDetector({ formats: ['qr_code'] }) : null;
  if (detector) ready();
  else if (own && canvas.getContext) {
    var script = document.createElement('script'), ours = document.querySelector('script[nonce]');
    script.nonce = ours.nonce || ours.getAttribute('nonce');
    script.src = own;
    script.onload = ready;
    document.body.appendChild(script);
  }

  // seen gives fn the code in a picture of some size, or ''; most is how large our own reader looks at it.
  function seen(picture, width, height, most, fn) {
    if (detector) {
      detector.detect(picture).then(function (codes) { fn(codes.length ? codes[0].rawValue : ''); }, function () { fn(''); });
      return;
    }
    var less = Math.min(1, most / Math.max(width, height)), g = canvas.getContext('2d');
    canvas.width = Math.round(width * less);
    canvas.height = Math.round(height * less);
    if (!canvas.width || !canvas.height) { fn(''); return; } // no picture yet
    g.drawImage(picture, 0, 0, canvas.width, canvas.height);
    fn(window.readCode({ width: canvas.width, height: canvas.height, data: g.getImageData(0, 0, canvas.width, canvas.height).data }) || '');
  }

  function watch() {
    seen(camera, camera.videoWidth, camera.videoHeight, 800, function (code) {
      var now = Date.now(), same = code === last && now - lastAt < 4000; // still before the camera
      if (code) {
        last = code;
        lastAt = now;
        if (!same) check(code);
      }
      setTimeout(watch, 250);
    });
  }

  function ready() {
    start.className = 'button';
    start.addEventListener('click', function () {
      if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) { photo.click(); return; }
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (stream) {
        start.className = 'button hidden';
        camera.className = 'camera';
        camera.srcObject = stream;
        camera.play();
        watch();
      }).catch(function () { photo.click(); });
    });
    photo.addEventListener('change', function () {
      if (!photo.files.length) return;
      var picture = new Image(), address = URL.createObjectURL(photo.files[0]);
      picture.onload = function () {
        var taken = function (code) {
          URL.revokeObjectURL(address);
          photo.value = '';
          if (code) check(code); else show(word('unread'), word('unread-text'), 'bad');
        };
        seen(picture, picture.width, picture.height, 800, function (code) {
          if (code) taken(code); else seen(picture, picture.width, picture.height, 2400, taken); // a small one in a large photo
        });
      };
      picture.onerror = function () { show(word('unread'), word('unread-text'), 'bad'); };
      picture.src = address;
    });
  }
})();
