// Pictures of other sites in cards: <button class="remote-image" data-src data-alt>. Fetching one tells that site who reads, so it waits for a
// click. A page's content security policy refuses them all; the first click loads the page again with ?images=remote, which allows them.
// The address alone shows nothing: only pictures that were clicked in this tab are put in.
(() => {
  const key = 'adapterhub-images';
  const mostChosen = 200;
  const mayShow = new URLSearchParams(location.search).get('images') === 'remote';

  const read = () => {
    try {
      const stored = JSON.parse(sessionStorage.getItem(key) ?? '{}');
      return { sources: Array.isArray(stored.sources) ? stored.sources : [], top: Number(stored.top) || 0 };
    } catch { return { sources: [], top: 0 }; }
  };
  const write = stored => { try { sessionStorage.setItem(key, JSON.stringify(stored)); } catch { /* no storage: the click counts for this page only */ } };

  const chosen = new Set(read().sources);

  // The picture goes into the button: the circuit counts the nodes of a page, and must find those that it put there.
  const show = button => {
    const words = button.textContent;
    const image = new Image();
    image.referrerPolicy = 'no-referrer';
    image.decoding = 'async';
    image.alt = button.dataset.alt ?? '';
    for (const size of ['width', 'height']) {
      const value = button.dataset[size] ?? '';
      if (/^\d+(px)?$/.test(value)) image[size] = parseInt(value, 10);
    }
    image.addEventListener('error', () => {
      delete button.dataset.shown;
      button.disabled = false;
      button.dataset.failed = '';
      button.textContent = `${words} (it did not come)`;
    });
    button.dataset.shown = '';
    button.disabled = true;
    button.replaceChildren(image);
    // The policy allows TLS alone.
    image.src = button.dataset.src.replace(/^http:/, 'https:');
  };

  const showChosen = () => {
    for (const button of document.querySelectorAll('button.remote-image:not([data-shown], [data-failed])')) {
      if (chosen.has(button.dataset.src)) show(button);
    }
  };

  document.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button.remote-image') : null;
    if (!button) return;
    chosen.add(button.dataset.src);
    write({ sources: [...chosen].slice(-mostChosen), top: mayShow ? 0 : scrollY });
    if (mayShow) {
      delete button.dataset.failed;
      showChosen();
      return;
    }
    const address = new URL(location.href);
    address.searchParams.set('images', 'remote');
    location.replace(address);
  });

  if (!mayShow) return;
  showChosen();
  // The circuit draws the page anew, buttons and all.
  new MutationObserver(showChosen).observe(document.body, { childList: true, subtree: true });
  const { sources, top } = read();
  if (top > 0) {
    scrollTo(0, top);
    write({ sources, top: 0 });
  }
})();
