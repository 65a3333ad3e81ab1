// What the pages do without asking the server: it works before the circuit is there, on pages that have none, and while it is away.
(() => {
  const hub = window.AdapterHub;
  const closest = (event, selector) => event.target instanceof Element ? event.target.closest(selector) : null;

  // Theme: <button data-theme-choice="light|dark|auto">
  const markTheme = () => {
    const choice = document.documentElement.dataset.themeChoice;
    document.querySelectorAll('[data-theme-choice]:not(html)').forEach(button => button.setAttribute('aria-pressed', String(button.dataset.themeChoice === choice)));
  };

  // Copy: <button data-copy="text"> or <button data-copy-from="#id">
  const copy = async button => {
    const text = button.dataset.copy ?? document.querySelector(button.dataset.copyFrom)?.textContent ?? '';
    const isDone = await writeClipboard(text);
    button.dataset.copied = isDone ? 'yes' : 'no';
    const status = button.querySelector('[role="status"]');
    if (status) status.textContent = isDone ? 'Copied' : 'Could not copy';
    clearTimeout(button.copyTimer);
    button.copyTimer = setTimeout(() => {
      delete button.dataset.copied;
      if (status) status.textContent = '';
    }, 1800);
  };

  // navigator.clipboard exists on https and localhost only; a hub on the local network has neither.
  const writeClipboard = async text => {
    try {
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
        return true;
      }
    } catch { /* refused: the other way may still work */ }
    const area = document.createElement('textarea');
    area.value = text;
    area.style.cssText = 'position:fixed;opacity:0';
    document.body.append(area);
    area.select();
    try { return document.execCommand('copy'); } finally { area.remove(); }
  };

  // Menus: <details class="menu">
  const closeMenus = except => document.querySelectorAll('details.menu[open]').forEach(menu => { if (menu !== except) menu.open = false; });

  // The bar lies outside the circuit, so it follows the address by itself.
  const followAddress = () => {
    const path = location.pathname;
    document.querySelectorAll('[data-nav]').forEach(link => {
      const place = link.dataset.nav;
      const isHere = place === '/' ? path === '/' : path === place || path.startsWith(place + '/');
      if (isHere) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    });
    const field = document.getElementById('site-search');
    if (field && document.activeElement !== field) field.value = path === '/' ? new URLSearchParams(location.search).get('q') ?? '' : '';
    closeMenus();
  };

  for (const change of ['pushState', 'replaceState']) {
    const original = history[change];
    history[change] = function (...args) {
      const result = original.apply(this, args);
      queueMicrotask(followAddress);
      return result;
    };
  }
  addEventListener('popstate', followAddress);

  document.addEventListener('click', event => {
    const theme = closest(event, '[data-theme-choice]:not(html)');
    if (theme) { hub.chooseTheme(theme.dataset.themeChoice); markTheme(); closeMenus(); }

    const copying = closest(event, '[data-copy], [data-copy-from]');
    if (copying) copy(copying);

    // With <base href="/"> a bare fragment would lead to the first page.
    const fragment = closest(event, 'a[data-focus]');
    if (fragment) {
      event.preventDefault();
      const target = document.getElementById(fragment.dataset.focus);
      target?.focus();
      target?.scrollIntoView();
    }
    if (closest(event, '[data-reload]')) location.reload();
    if (closest(event, '[data-back]')) history.back();
    closeMenus(closest(event, 'details.menu'));
  });

  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      const menu = document.querySelector('details.menu[open]');
      if (menu) { menu.open = false; menu.querySelector('summary')?.focus(); }
    }
    const isTyping = closest(event, 'input, textarea, select, [contenteditable]');
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = document.getElementById('site-search');
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
  });

  // The search form is an ordinary GET; with a router in the page it needs no new page.
  document.addEventListener('submit', event => {
    const form = closest(event, 'form[data-navigate]');
    if (!form || !hub.isInteractive) return;
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
    const text = query.toString();
    Blazor.navigateTo(text ? `${form.getAttribute('action')}?${text}` : form.getAttribute('action'));
  });

  // Dialogs: the browser's own, which keep the focus inside and close with Escape.
  hub.openDialog = dialog => { if (dialog && !dialog.open) dialog.showModal(); };
  hub.closeDialog = dialog => { if (dialog?.open) dialog.close(); };

  // Not away from a field that somebody types into.
  hub.focusHeading = () => {
    const heading = document.querySelector('main h1');
    if (!heading || document.activeElement?.matches('input, textarea, select')) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  };

  // On a narrow page the row of tabs scrolls; the one that is shown must be in sight.
  const showTab = () => document.querySelectorAll('.tabs [aria-current="page"]').forEach(tab => {
    const row = tab.closest('ul');
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });

  // Called when the page's circuit has drawn it for the first time.
  hub.becomeInteractive = () => {
    hub.isInteractive = true;
    document.documentElement.dataset.interactive = '';
    showTab();
  };

  // In a row that scrolls, such as the sections of the settings on a phone, what is chosen is shown.
  document.querySelectorAll('[data-in-view]').forEach(chosen => chosen.scrollIntoView({ block: 'nearest', inline: 'center' }));

  markTheme();
  followAddress();
  showTab();
})();
