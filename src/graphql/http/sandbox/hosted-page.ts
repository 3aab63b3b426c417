import { prepared } from './prepared.ts';

const LOADER = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';
const PICTURES = 'https://apollo-server-landing-page.cdn.apollographql.com';

interface PageFacts {
  endpoint: string;
  nonce: string;
  /** Where the local explorer is; null without one. */
  localAt: string | null;
}

const STYLE = `
html, body, #sandbox { margin: 0; height: 100%; }
#sandbox > iframe { border: 0; width: 100%; height: 100%; }
#away { font: 16px/1.6 system-ui, sans-serif; max-width: 36rem; }
#away { margin: 20vh auto 0; padding: 0 1rem; }
#away[hidden] { display: none; }
`;

/** Apollo's Sandbox in a frame. Its requests go through this page, so they are same-origin. */
export function hostedPage({ endpoint, nonce, localAt }: PageFacts): string {
  const otherwise =
    localAt === null
      ? 'Open this page where that host can be reached.'
      : `Use the <a id="local" href="${localAt}">explorer that is served from here</a> instead.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster: GraphQL</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<div id="away" role="status" hidden>
<h1>Apollo Sandbox cannot be reached</h1>
<p>It is loaded from ${new URL(LOADER).host}. ${otherwise}</p>
</div>
<noscript><p>The explorer needs JavaScript.</p></noscript>
<div id="sandbox"></div>
<script nonce="${nonce}">${loaderScript(endpoint, nonce)}</script>
</body>
</html>
`;
}

/** Loads the Sandbox, and says so when its host cannot be reached within eight seconds. */
function loaderScript(endpoint: string, nonce: string): string {
  return `
const away = () => {
  document.getElementById('sandbox').hidden = true;
  document.getElementById('away').hidden = false;
};
const open = () => new window.EmbeddedSandbox(${script(optionsFor(endpoint))});
const loader = document.createElement('script');
loader.nonce = ${script(nonce)};
loader.src = ${script(`${LOADER}/_latest/embeddable-sandbox.umd.production.min.js`)};
loader.onload = open;
loader.onerror = away;
document.head.append(loader);
setTimeout(() => { if (!window.EmbeddedSandbox) away(); }, 8000);
`;
}

const optionsFor = (endpoint: string) => ({
  target: '#sandbox',
  initialEndpoint: endpoint,
  initialSubscriptionEndpoint: endpoint.replace(/^http/, 'ws'),
  endpointIsEditable: false,
  runTelemetry: false,
  initialState: {
    document: prepared.document,
    variables: prepared.variables,
    headers: prepared.headers,
    sharedHeaders: prepared.headers,
    includeCookies: false,
    pollForSchemaUpdates: false,
  },
});

/** Inline styles are allowed: the loader writes its own, without the nonce. */
export function hostedPolicy(nonce: string, sockets: string): string {
  return [
    `default-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `script-src 'nonce-${nonce}' ${LOADER}`,
    `style-src 'self' 'unsafe-inline' https://fonts.googleapis.com`,
    `font-src https://fonts.gstatic.com`,
    `img-src 'self' data: ${PICTURES}`,
    `manifest-src ${PICTURES}`,
    `frame-src ${FRAME}`,
    `connect-src 'self' ${sockets}`,
  ].join('; ');
}

/** JSON for a script element: `<` is escaped so that no value can end the element. */
function script(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
