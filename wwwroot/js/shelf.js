// What a person wrote in the playground, kept in this browser alone: shelves of entries, newest first. The page reads an entry piece by piece, because
// one message to its circuit may not be large.

const read = shelf => {
  try {
    const entries = JSON.parse(localStorage.getItem(shelf) ?? '[]');
    return Array.isArray(entries) ? entries : [];
  } catch { return []; }
};

// Where there is no room, the oldest go.
const write = (shelf, entries) => {
  for (let rest = entries; ; rest = rest.slice(0, -1)) {
    try {
      localStorage.setItem(shelf, JSON.stringify(rest));
      return;
    } catch {
      if (rest.length === 0) return;
    }
  }
};

export const list = shelf => read(shelf).map(({ id, at, title, lanes }) => ({ id, at, title, lanes: (lanes ?? []).map(({ label, title, about }) => ({ label, title, about })) }));

export const address = (shelf, id) => read(shelf).find(entry => entry.id === id)?.address ?? null;

export const text = (shelf, id, lane) => read(shelf).find(entry => entry.id === id)?.lanes?.[lane]?.text ?? null;

export const put = (shelf, entry, most, replacesSame) => {
  const others = read(shelf).filter(other => other.id !== entry.id && !(replacesSame && other.address === entry.address));
  write(shelf, [entry, ...others].slice(0, most));
};

export const remove = (shelf, id) => write(shelf, read(shelf).filter(entry => entry.id !== id));

export const clear = shelf => { try { localStorage.removeItem(shelf); } catch { /* no storage, nothing to clear */ } };
