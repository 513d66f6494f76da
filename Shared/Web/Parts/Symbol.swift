/// Signs beside words, never instead of them.
public enum Symbol: Sendable, CaseIterable {
    case gate, alert, done, note

    fileprivate var path: StaticString {
        switch self {
        case .gate: "M12 2 3 7v14h5v-6a4 4 0 0 1 8 0v6h5V7z"
        case .alert: "M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z"
        case .done: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.2 14.6-4.3-4.3 1.6-1.6 2.7 2.7 5.3-5.3 1.6 1.6z"
        case .note: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 15h-2v-6h2zm0-8h-2V7h2z"
        }
    }
}

extension HTML {
    public static func symbol(_ symbol: Symbol) -> HTML {
        let path = HTML(markup: #"<path fill-rule="evenodd" d="\#(symbol.path)"/>"#)
        return element("svg", [.class(.mark), Attribute("viewBox", "0 0 24 24"), .hiddenFromReaders], path)
    }
}
