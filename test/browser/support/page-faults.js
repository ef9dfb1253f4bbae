// Runs in the page; its value is a list of what is wrong with the layout. Text needs the contrast of WCAG 2.2, 1.4.3 (AA).
(() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().left + element.scrollWidth > root.clientWidth + 1,
    );
    faults.push(`wider than the window: ${wide.map((element) => element.tagName).join(', ')}`);
  }

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  /** Every notation of a colour, as red, green, blue and opacity. */
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backdrop = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    // The window's own colour depends on the page's colour scheme, which only an element of the page knows.
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.backgroundColor = 'Canvas';
    const colour = rgba(getComputedStyle(probe).backgroundColor);
    probe.remove();
    return colour;
  };
  const texts = [...document.querySelectorAll('body, body *')].filter(
    (element) =>
      element.checkVisibility() &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''),
  );
  for (const element of [...texts, ...document.querySelectorAll('input:not([type=hidden])')]) {
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(rgba(style.color)), luminance(backdrop(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5)
      faults.push(
        `contrast ${contrast.toFixed(2)} of <${element.tagName}> ${element.textContent.slice(0, 40)}`,
      );
  }

  for (const input of document.querySelectorAll('input:not([type=hidden])'))
    if (!input.labels || input.labels.length === 0) faults.push(`no label for ${input.name}`);
  for (const target of document.querySelectorAll('button, input:not([type=hidden])'))
    if (target.getBoundingClientRect().height < 24) faults.push(`too small to hit: ${target.outerHTML}`);
  if (!root.lang) faults.push('no language');
  if (document.title.trim() === '') faults.push('no title');
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  return faults;
})();
