import { PNG } from './samples.js';

/** What prompts and resources hold, for the servers of both eras. */
const user = <Content>(content: Content) => ({ role: 'user' as const, content });
const text = (words: string) => user({ type: 'text' as const, text: words });

export const simplePrompt = () => ({ messages: [text('This is a simple prompt for testing.')] });

export const promptWithArguments = ({ arg1, arg2 }: { arg1: string; arg2: string }) => ({
  messages: [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
});

/** What is offered for an argument of that prompt. */
export const completions = (begun: string) =>
  ['paris', 'park', 'party'].filter((word) => word.startsWith(begun));

export const promptWithResource = ({ resourceUri }: { resourceUri: string }) => ({
  messages: [
    user({
      type: 'resource' as const,
      resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
    }),
    text('Please process the embedded resource above.'),
  ],
});

export const promptWithImage = () => ({
  messages: [
    user({ type: 'image' as const, data: PNG, mimeType: 'image/png' }),
    text('Please analyze the image above.'),
  ],
});

export const promptFrom = (context: string) => ({ messages: [text(`Use this context: ${context}`)] });

const STATIC_TEXT = { uri: 'test://static-text', mimeType: 'text/plain' };
const STATIC_BINARY = { uri: 'test://static-binary', mimeType: 'image/png' };
export const WATCHED = { uri: 'test://watched-resource', mimeType: 'text/plain' };
export const TEMPLATE = 'test://template/{id}/data';

/** The resources that are always the same, as both SDKs take them: name, URI, what is shown of them, contents. */
export const STATIC_RESOURCES = [
  [
    'static-text',
    STATIC_TEXT.uri,
    { description: 'Text.', mimeType: STATIC_TEXT.mimeType },
    () => ({ contents: [{ ...STATIC_TEXT, text: 'This is the content of the static text resource.' }] }),
  ],
  [
    'static-binary',
    STATIC_BINARY.uri,
    { description: 'An image.', mimeType: STATIC_BINARY.mimeType },
    () => ({ contents: [{ ...STATIC_BINARY, blob: PNG }] }),
  ],
] as const;

export const watched = () => ({ contents: [{ ...WATCHED, text: 'Somebody may watch this.' }] });

export const filledTemplate = (uri: URL, id: string) => ({
  contents: [
    {
      uri: uri.href,
      mimeType: 'application/json',
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    },
  ],
});
