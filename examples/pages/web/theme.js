// Sets the theme before the first paint. A classic script on purpose: a module would come too late.
document.documentElement.dataset.theme = (() => {
  try {
    const kept = localStorage.getItem('tps-theme')
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
})()
