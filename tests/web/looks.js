// What a test asks of a page: what can be pressed in it, and whether somebody at a keyboard sees where they are.
window.looks = (() => {
  "use strict";
  const PRESSED = "a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, summary";
  const said = (element) => (element.outerHTML || element).split("\n")[0].slice(0, 120);
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[aria-hidden=true]");
  const numbers = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };

  function lightness({ r, g, b }) { // WCAG 2.2, relative luminance
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  }

  function behind(element) { // the colour that an outline around an element lies on
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.a === 1) return colour;
    }
    return { r: 255, g: 255, b: 255 };
  }

  function ring(element) { // "" or what is wrong with how the focus shows
    const style = getComputedStyle(element);
    const width = parseFloat(style.outlineWidth);
    const outside = parseFloat(style.outlineOffset) >= 0;
    if (style.outlineStyle === "auto") return ""; // the browser's own, which is seen on any ground
    if (style.outlineStyle === "none" || width < 2) return "no ring";
    const [a, b] = [numbers(style.outlineColor), behind(outside ? element.parentElement : element)].map(lightness);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const box = element.getBoundingClientRect();
    const inside = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight && box.width && box.height;
    return contrast < 3 ? `a ring of ${contrast.toFixed(1)} to 1` : inside ? "" : "outside the window";
  }

  // One radio button of a group takes the focus; arrows do the rest.
  function groupOf(element) { return element.type === "radio" ? `radio ${element.name}` : element; }

  function controls() {
    const all = [...document.querySelectorAll(`${PRESSED}, iframe, [tabindex]`)].filter(seen);
    return all.filter((each) => each.tabIndex >= 0 || each.matches(PRESSED));
  }

  const reached = new Set();
  let faults = [];
  let stops = []; // what had the focus, one after the other
  let there = [];

  function stop(element) {
    reached.add(groupOf(element));
    if (element.tagName !== "IFRAME" && stops.at(-1) !== groupOf(element)) stops.push(groupOf(element));
  }

  function watch() {
    reached.clear();
    [faults, stops] = [[], []];
    document.addEventListener("focusin", ({ target }) => {
      stop(target);
      const wrong = target.tagName === "IFRAME" ? "" : ring(target);
      if (wrong && target.tabIndex >= 0) faults.push(`${wrong}: ${said(target)}`);
    });
    // Into a frame, whose own stops nobody hears of here: on the way back it is passed through.
    window.addEventListener("blur", () => { if (document.activeElement) reached.add(document.activeElement); });
  }

  function turn() { // from here on it goes back
    there = stops;
    stops = there.slice(-1);
  }

  const ahead = () => there.length - stops.length; // stops that lie on the way back
  const astray = () => { // where the way back is not the way there
    const at = there.toReversed().findIndex((each, number) => each !== stops[number]);
    return at < 0 ? "" : `${said(stops[at] ?? "nothing")} and not ${said(there.at(-1 - at))}`;
  };

  const missing = () => [...new Set(controls().map(groupOf))].filter((each) => !reached.has(each));

  function rings() { // each control focused in turn, as a keyboard would
    return controls().filter((each) => each.tagName !== "IFRAME").flatMap((each) => {
      each.focus({ focusVisible: true });
      const wrong = ring(each);
      return wrong ? [`${wrong}: ${said(each)}`] : [];
    });
  }

  function boxes() { // that scroll, and cannot be reached or have no name
    return [...document.querySelectorAll("body *")].filter((each) => {
      const style = getComputedStyle(each);
      const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
      const more = each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1;
      return scrolls && more && seen(each) && !/^(TEXTAREA|SELECT|IFRAME|INPUT)$/.test(each.tagName)
        && (each.getAttribute("tabindex") !== "0" || !(each.ariaLabel || each.getAttribute("aria-labelledby")));
    }).map(said);
  }

  function sizes() { // what sticks out of the window, and what is too small for a thumb
    const wide = document.documentElement.scrollWidth;
    const [least, all] = document.body.classList.contains("studio") ? [40, 0] : [44, 44];
    const small = [...document.querySelectorAll("button, .button")].filter((each) => {
      const box = each.getBoundingClientRect();
      return seen(each) && (box.height < least || box.width < all);
    });
    return [...small.map((each) => `too small: ${said(each)}`), ...(wide > innerWidth ? [`${wide} pixels wide`] : [])];
  }

  function plain() { // what is there for a browser that runs no script
    const wrong = [];
    const forms = [...document.forms].filter(seen);
    for (const form of forms) {
      const ways = [...form.elements].filter((each) => each.type === "submit" && !each.disabled);
      if (!ways.some((each) => seen(each))) wrong.push(`no button sends ${said(form)}`);
    }
    for (const button of document.querySelectorAll("button, input[type=button], input[type=submit]")) {
      if (seen(button) && (!button.form || button.type !== "submit")) wrong.push(`needs a script: ${said(button)}`);
    }
    for (const link of document.querySelectorAll("a")) {
      const target = link.getAttribute("href");
      if (!target || target.startsWith("javascript:")) wrong.push(`leads nowhere: ${said(link)}`);
      else if (target.startsWith("#") && !document.getElementById(target.slice(1))) wrong.push(`leads nowhere: ${said(link)}`);
    }
    return {
      wrong,
      words: document.querySelector("main, body").innerText.trim(),
      heading: document.querySelectorAll("h1").length,
      sent: forms.map((form) => [form.method, new URL(form.getAttribute("action") || location.href, location.href).pathname]),
    };
  }

  return { watch, turn, ahead, astray, missing: () => missing().map(said), faults: () => faults, rings, boxes, sizes, plain, count: () => controls().length };
})();
