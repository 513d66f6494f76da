/// Puts pieces of HTML one after the other: elements, literals, `if`, `for`.
@resultBuilder public enum HTMLBuilder {
    public static func buildExpression(_ html: HTML) -> HTML { html }
    public static func buildExpression(_ html: HTML?) -> HTML { html ?? .nothing }
    public static func buildBlock(_ parts: HTML...) -> HTML { buildArray(parts) }
    public static func buildOptional(_ part: HTML?) -> HTML { part ?? .nothing }
    public static func buildEither(first part: HTML) -> HTML { part }
    public static func buildEither(second part: HTML) -> HTML { part }
    public static func buildArray(_ parts: [HTML]) -> HTML { HTML(markup: parts.map(\.markup).joined()) }
}
