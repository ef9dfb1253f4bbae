/**
 * The data of the complete events in a text of the media type `text/event-stream`. Comments, ids and names of events
 * are left out: nothing here needs them.
 */
export function eventsOf(text: string): readonly string[] {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  return blocks
    .map((block) =>
      block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
}
