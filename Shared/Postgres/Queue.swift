/// First in, first out, in constant time.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var taken = 0

    var count: Int { elements.count - taken }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[taken] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            taken += 1
            if isEmpty {
                elements.removeAll(keepingCapacity: true)
                taken = 0
            } else if taken >= 256, taken >= count {
                elements.removeFirst(taken)
                taken = 0
            }
        }
        return elements[taken].take()
    }
}
