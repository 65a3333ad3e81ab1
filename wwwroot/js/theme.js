// Runs before the first paint, so that no page flashes in the wrong theme. The cookie is "light", "dark", or "auto-" and what the system
// asked for last, which lets the server put the right theme into the markup by itself.
(() => {
  const name = 'adapterhub-theme';
  const system = matchMedia('(prefers-color-scheme: dark)');
  const read = () => document.cookie.split('; ').find(pair => pair.startsWith(name + '='))?.slice(name.length + 1) ?? 'auto';

  const apply = value => {
    const isAuto = value.startsWith('auto');
    const shown = isAuto ? (system.matches ? 'dark' : 'light') : value;
    const cookie = isAuto ? `auto-${shown}` : shown;
    document.documentElement.dataset.theme = shown;
    document.documentElement.dataset.themeChoice = isAuto ? 'auto' : shown;
    if (cookie !== read()) document.cookie = `${name}=${cookie}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  };

  system.addEventListener('change', () => apply(read()));
  window.AdapterHub = { chooseTheme: apply };
  apply(read());
})();
