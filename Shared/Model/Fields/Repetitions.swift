extension Array {
    /// The indices of the elements whose key an earlier one has already.
    func repeated<Key: Hashable>(by key: (Element) -> Key) -> [Int] {
        var seen: Set<Key> = []
        return indices.filter { !seen.insert(key(self[$0])).inserted }
    }
}
