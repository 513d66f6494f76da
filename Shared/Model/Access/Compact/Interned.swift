/// Values that stand for small numbers, given in the order in which they came and kept for ever.
struct Interned<Value: Hashable & Sendable>: Sendable {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    subscript(number: Int) -> Value { values[number] }

    func number(of value: Value) -> Int? { numbers[value] }

    mutating func intern(_ value: Value) -> Int {
        if let known = numbers[value] { return known }
        values.append(value)
        numbers[value] = values.count - 1
        return values.count - 1
    }
}
