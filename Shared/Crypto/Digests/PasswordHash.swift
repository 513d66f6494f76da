internal import COpenSSL

/// What is kept of a password: scrypt (RFC 7914) of it under a salt of its own, with the parameters beside it, so that they can grow.
///
/// Written as `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both in base64url. Making and checking take about a tenth of a second and
/// 32 MiB, and block: not for the core. Zero bytes at a password's end do not count (RFC 2104 §2 fills up keys with them).
public struct PasswordHash: Hashable, Sendable {
    /// RFC 7914 §2: the memory is 128 · r · 2^ln bytes, the work p times that.
    public struct Parameters: Hashable, Sendable {
        public let logarithmOfCost: Int
        public let blockSize: Int
        public let parallelization: Int

        /// Nil beyond what we would pay for: 1 GiB of memory, 16 times over.
        public init?(logarithmOfCost: Int, blockSize: Int, parallelization: Int) {
            guard (1...20).contains(logarithmOfCost), (1...32).contains(blockSize), (1...16).contains(parallelization),
                128 * blockSize << logarithmOfCost <= 1 << 30
            else { return nil }
            self.init(logarithmOfCost, blockSize, parallelization)
        }

        private init(_ logarithmOfCost: Int, _ blockSize: Int, _ parallelization: Int) {
            self.logarithmOfCost = logarithmOfCost
            self.blockSize = blockSize
            self.parallelization = parallelization
        }

        /// For new passwords: 32 MiB, three times.
        public static let current = Parameters(15, 8, 3)
    }

    private static let saltSize = 16
    private static let hashSize = 32

    public let parameters: Parameters
    private let salt: [UInt8]
    private let hash: [UInt8]

    public init(of password: [UInt8], _ parameters: Parameters = .current) {
        self.parameters = parameters
        salt = Random.bytes(Self.saltSize)
        hash = Self.scrypt(password, salt: salt, parameters, size: Self.hashSize)
    }

    /// Nil for what was not written by `text`.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let parameters = Parameters(parts[2]),
            let salt = Base64URL.decode(String(parts[3])), salt.count == Self.saltSize,
            let hash = Base64URL.decode(String(parts[4])), hash.count == Self.hashSize
        else { return nil }
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    public var text: String { "$scrypt$\(parameters)$\(Base64URL.text(salt))$\(Base64URL.text(hash))" }

    /// Takes as long for a wrong one.
    public func isOf(_ password: [UInt8]) -> Bool {
        equalInConstantTime(Self.scrypt(password, salt: salt, parameters, size: hash.count), hash)
    }

    /// Whether it should be made anew when the password is next at hand.
    public var isOutdated: Bool { parameters != .current }

    package static func scrypt(_ password: [UInt8], salt: [UInt8], _ parameters: Parameters, size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            // libcrypto counts the memory of both tables, and a little more.
            let memory = UInt64(256 * parameters.blockSize << parameters.logarithmOfCost) + 1 << 20
            let password = password.map { CChar(bitPattern: $0) }
            Libcrypto.demand(
                EVP_PBE_scrypt(
                    password, password.count, salt, salt.count, 1 << UInt64(parameters.logarithmOfCost),
                    UInt64(parameters.blockSize), UInt64(parameters.parallelization), memory, buffer.baseAddress, size),
                "scrypt")
            filled = size
        }
    }
}

extension PasswordHash.Parameters: CustomStringConvertible {
    public var description: String { "ln=\(logarithmOfCost),r=\(blockSize),p=\(parallelization)" }

    fileprivate init?(_ text: Substring) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.split(separator: "=", omittingEmptySubsequences: false)
        }
        guard numbers.count == 3, numbers.allSatisfy({ $0.count == 2 }), numbers.map({ $0[0] }) == ["ln", "r", "p"],
            let cost = Int(numbers[0][1]), let size = Int(numbers[1][1]), let parallel = Int(numbers[2][1])
        else { return nil }
        self.init(logarithmOfCost: cost, blockSize: size, parallelization: parallel)
        guard description == text else { return nil }
    }
}
