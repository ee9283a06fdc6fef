/** The server answered, and the answer is a refusal (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;

  constructor(status: number, title: string, detail: string) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = 'ApiProblem';
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/** No answer, or none that can be read: the server is down, or the network between is. */
export class ServerGone extends Error {
  constructor(cause: unknown) {
    super('no answer from the server', { cause });
    this.name = 'ServerGone';
  }
}

/** True when the request was given up by this page, which is no failure. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Reads a refusal; a proxy's HTML page has no `title`, so the status stands in for it. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const fallback = `HTTP ${response.status}`;
  try {
    const body: unknown = await response.json();
    return new ApiProblem(
      response.status,
      text(body, 'title') || response.statusText || fallback,
      text(body, 'detail'),
    );
  } catch {
    return new ApiProblem(response.status, response.statusText || fallback, '');
  }
}

function text(body: unknown, key: string): string {
  if (typeof body !== 'object' || body === null || !(key in body)) return '';
  const value: unknown = Reflect.get(body, key);
  return typeof value === 'string' ? value : '';
}
