@main struct Token {
    static func main() async throws {}
}
