@main struct SampleAPI {
    static func main() async throws {}
}
