/// How a handler answers.
public enum Reply {
    /// At once, inside libmicrohttpd's callback: the fast lane of what needs no wait.
    case now(Response)
    /// As a task of the core, which begins at once and is cancelled when its connection ends or its deadline passes.
    case later(() async -> Response)
    /// As `later`, with a body that is written while it is sent.
    case stream(() async -> Stream)
}
