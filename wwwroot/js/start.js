// Starts the circuit and sees to it while it is away. Every state that matters is in the address, so a page whose circuit is gone for good
// (the server was started again, or forgot it) is loaded again, without a click.
(() => {
  const waits = [0, 250, 500, 1000, 1000, 2000, 2000, 3000];
  const longestWait = 5000;
  const strip = document.getElementById('connection');
  let isTrying = false;
  let isGone = false;
  let wake = () => {};

  const show = state => {
    strip.dataset.state = state;
    strip.hidden = state === 'up';
  };
  const pause = milliseconds => new Promise(resolve => { wake = resolve; setTimeout(resolve, milliseconds); });

  const tryAgain = async () => {
    if (isTrying) return;
    isTrying = true;
    for (let attempt = 0; isTrying; attempt++) {
      await pause(waits[attempt] ?? longestWait);
      // A short interruption is not worth a word.
      if (attempt === 2) show('trying');
      try {
        isGone ||= await Blazor.reconnect() === false;
        if (isGone) {
          // A page that is loaded from a server on its way down would be the browser's own error page, which nothing brings back.
          await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' });
          show('loading');
          location.reload();
        }
        return;
      } catch { /* nobody answers yet */ }
    }
  };

  const handler = {
    onConnectionDown: () => { tryAgain(); },
    onConnectionUp: () => { isTrying = false; show('up'); },
  };

  // Timers of a hidden page hardly run: try at once when it is looked at again.
  document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
  addEventListener('online', () => wake());
  document.getElementById('connection-try')?.addEventListener('click', () => wake());

  Blazor.start({ circuit: { reconnectionHandler: handler } });
})();
