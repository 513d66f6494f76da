@main struct Audit {
    static func main() async throws {}
}
