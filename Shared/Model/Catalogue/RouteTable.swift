/// Finds the template of a request: a trie per method over the segments of the path.
///
/// A literal segment is preferred to a parameter; where that leads nowhere, the parameter is tried.
public struct RouteTable: Sendable {
    private struct Node {
        var literals: [Edge] = []
        var parameter: Int?
        var template: Int?
    }

    private struct Edge {
        let literal: [UInt8]
        let node: Int
    }

    private var nodes = Method.allCases.map { _ in Node() }

    /// Later templates of the same method and shape are never found; the catalogue refuses them.
    public init(_ templates: some Sequence<(method: Method, template: RouteTemplate)>) {
        for (index, (method, template)) in templates.enumerated() {
            var node = method.root
            for segment in template.segments { node = next(segment, after: node) }
            if nodes[node].template == nil { nodes[node].template = index }
        }
    }

    /// The place of the template among those that the table was made of.
    public func find(_ method: Method, _ target: RequestTarget) -> Int? {
        target.withPath { find(target, $0, segment: 0, from: method.root) }
    }

    private func find(_ target: RequestTarget, _ path: Span<UInt8>, segment: Int, from node: Int) -> Int? {
        guard segment < target.segments else { return nodes[node].template }
        if let literal = literal(path.extracting(target.range(ofSegment: segment)), after: node),
            let found = find(target, path, segment: segment + 1, from: literal)
        {
            return found
        }
        guard let parameter = nodes[node].parameter else { return nil }
        return find(target, path, segment: segment + 1, from: parameter)
    }

    private func literal(_ segment: Span<UInt8>, after node: Int) -> Int? {
        var low = 0
        var high = nodes[node].literals.count
        while low < high {
            let middle = (low + high) / 2
            let order = compare(nodes[node].literals[middle].literal, segment)
            if order == 0 { return nodes[node].literals[middle].node }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private mutating func next(_ segment: RouteTemplate.Segment, after node: Int) -> Int {
        switch segment {
        case .literal(let text):
            let bytes = Array(text.utf8)
            if let known = literal(bytes.span, after: node) { return known }
            nodes.append(Node())
            nodes[node].literals.append(Edge(literal: bytes, node: nodes.count - 1))
            nodes[node].literals.sort { compare($0.literal, $1.literal.span) < 0 }
            return nodes.count - 1
        case .parameter:
            if let known = nodes[node].parameter { return known }
            nodes.append(Node())
            nodes[node].parameter = nodes.count - 1
            return nodes.count - 1
        }
    }
}

extension Method {
    fileprivate var root: Int {
        switch self {
        case .get: 0
        case .post: 1
        case .put: 2
        case .patch: 3
        case .delete: 4
        }
    }
}

/// Shorter first, then by bytes: an order to search by, not for people.
private func compare(_ one: [UInt8], _ other: Span<UInt8>) -> Int {
    guard one.count == other.count else { return one.count - other.count }
    for index in one.indices where one[index] != other[index] {
        return Int(one[index]) - Int(other[index])
    }
    return 0
}
