/// Chooses the endpoint by method and path. A template is literal segments and `{names}` of one segment each; a last `{name...}` takes
/// all that remains. Paths are compared as they are: an escaped letter is another path.
public final class Router {
    fileprivate final class Route {
        let method: String
        let template: String
        let names: [String]
        let endpoint: Endpoint
        init(_ method: String, _ template: String, _ names: [String], _ endpoint: Endpoint) {
            self.method = method
            self.template = template
            self.names = names
            self.endpoint = endpoint
        }
    }
    fileprivate final class Node {
        var literals: [(segment: [UInt8], node: Node)] = []
        var parameter: Node?
        var rest: Node?
        var routes: [Route] = []
    }
    private let root = Node()
    /// All that there is, in the order of registration.
    public private(set) var routes: [(method: String, template: String)] = []

    /// In a method's place: any.
    public static let any = "*"

    public init() {}

    /// Each method of a template once; a template with two names for one thing traps at start.
    public func on(_ method: String, _ template: String, _ endpoint: Endpoint) {
        precondition(template.hasPrefix("/"), "\(template) is no path")
        var node = root
        var names: [String] = []
        let segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            guard segment.hasPrefix("{") else {
                node = literal(Array(segment.utf8), of: node)
                continue
            }
            precondition(segment.hasSuffix("}"), "\(template) is no template")
            if segment.hasSuffix("...}") {
                precondition(index == segments.count - 1, "\(template) goes on after its rest")
                names.append(String(segment.dropFirst().dropLast(4)))
                node = child(\.rest, of: node)
            } else {
                names.append(String(segment.dropFirst().dropLast()))
                node = child(\.parameter, of: node)
            }
        }
        precondition(!node.routes.contains { $0.method == method }, "\(method) \(template) is there twice")
        node.routes.append(Route(method, template, names, endpoint))
        routes.append((method, template))
    }

    public func on(
        _ method: String, _ template: String, maximumBody: Int? = 0, mediaTypes: [String]? = nil,
        _ handle: @escaping (Request) -> Reply
    ) {
        on(method, template, Endpoint(maximumBody: maximumBody, mediaTypes: mediaTypes, handle: handle))
    }

    /// The endpoint for `request`, which learns its template and parameters.
    public func route(_ request: Request) throws(Refusal) -> Endpoint {
        var captures: [Range<Int>] = []
        let found = request.withPath { find(root, $0, 1, &captures) }
        guard let node = found, let first = node.routes.first else { throw .notFound }
        guard let route = node.route(for: request.method) else {
            request.template = first.template
            throw .methodNotAllowed(node.allowed)
        }
        request.template = route.template
        if !captures.isEmpty {
            let path = request.path
            request.parameters = Parameters(names: route.names, values: captures.map { path.part($0) })
        }
        return route.endpoint
    }

    /// A literal goes before a parameter, a parameter before a rest.
    private func find(_ node: Node, _ path: UnsafeBufferPointer<UInt8>, _ start: Int, _ captures: inout [Range<Int>])
        -> Node?
    {
        guard start <= path.count else { return node.routes.isEmpty ? nil : node }
        let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
        let segment = path[start..<end]
        for literal in node.literals where literal.segment.elementsEqual(segment) {
            if let found = find(literal.node, path, end + 1, &captures) { return found }
        }
        if let parameter = node.parameter, !segment.isEmpty {
            captures.append(start..<end)
            if let found = find(parameter, path, end + 1, &captures) { return found }
            captures.removeLast()
        }
        if let rest = node.rest {
            captures.append(start..<path.count)
            return rest
        }
        return nil
    }

    private func literal(_ segment: [UInt8], of node: Node) -> Node {
        if let known = node.literals.first(where: { $0.segment == segment }) { return known.node }
        let made = Node()
        node.literals.append((segment, made))
        return made
    }

    private func child(_ place: ReferenceWritableKeyPath<Node, Node?>, of node: Node) -> Node {
        if let known = node[keyPath: place] { return known }
        let made = Node()
        node[keyPath: place] = made
        return made
    }
}

extension Router.Node {
    fileprivate func route(for method: String) -> Router.Route? {
        routes.first { $0.method == method }
            ?? (method == "HEAD" ? routes.first { $0.method == "GET" } : nil)
            ?? routes.first { $0.method == Router.any }
    }

    /// For `Allow`.
    fileprivate var allowed: [String] {
        let methods = Set(routes.map(\.method))
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }
}

extension Substring {
    fileprivate func part(_ range: Range<Int>) -> Substring {
        let start = utf8.index(startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}
