// Reads the page again from time to time, and shows what has changed. Without script the page is loaded anew instead.
(function () {
  var main = document.querySelector('main[data-refresh]');
  if (!main) return;
  var timer;
  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(read, main.getAttribute('data-refresh') * 1000);
  }
  function read() {
    if (!window.fetch || !window.DOMParser) { window.location.reload(); return; }
    fetch(window.location.href, { credentials: 'same-origin' }).then(function (r) {
      return r.ok && !r.redirected ? r.text() : Promise.reject(r);
    }).then(function (html) {
      var now = new DOMParser().parseFromString(html, 'text/html').querySelector('main');
      var title = function (m) { return m.querySelector('h1').textContent; };
      if (!now.getAttribute('data-refresh') || title(now) !== title(main)) { window.location.reload(); return; }
      main.setAttribute('data-refresh', now.getAttribute('data-refresh'));
      if (now.innerHTML !== main.innerHTML) main.innerHTML = now.innerHTML;
      later();
    }).catch(function (r) {
      if (r.redirected) window.location.replace(r.url); else later(); // the connection, or the server, is away for a moment
    });
  }
  document.addEventListener('visibilitychange', function () { if (!document.hidden) read(); });
  later();
})();
