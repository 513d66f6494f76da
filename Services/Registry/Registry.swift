@main struct Registry {
    static func main() async throws {}
}
