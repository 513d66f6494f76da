@main struct Policy {
    static func main() async throws {}
}
