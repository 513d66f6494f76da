import GatehouseCrypto
import GatehouseJSON

/// Keys of clients, as clients state them.
enum SampleKeys {
    static func p256(_ more: JSON.Object = [:]) -> JSON { with(more, JWK(SigningKey().verifyingKey).json) }

    /// RFC 8037 appendix A.
    static func ed25519(_ more: JSON.Object = [:]) -> JSON {
        with(more, ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])
    }

    /// Of 4,096 bits.
    static func rsa(_ more: JSON.Object = [:]) -> JSON {
        with(more, ["kty": "RSA", "e": "AQAB", "n": .string(modulus)])
    }

    /// The same key with other members, or fewer.
    static func with(_ more: JSON.Object, _ key: JSON) -> JSON {
        var members = key.object ?? [:]
        for (name, value) in more.members {
            if value.isNull { members[name] = nil } else { members[name] = value }
        }
        return .object(members)
    }

    /// As of a generator whose keys can be factored: a power of 65,537 for each small prime (ROCA).
    static let factorable =
        "p-Rn_mH1Ip-R3g9yTPh2oiciNmPbIAmw8qa6YoUNPYmNG9gwo1yTEROd9ZBq_ERNyyB6rY2gyENHXolTUMq9pNAljK-PAXRfk8Ct"
        + "uN8Nwebf5-MQ0V-xL5GUA_NVnK_w8wcRZgtXzwBAOPV62XLTSPPxy4JjChvJCmSn_VNm_fx-aK0C3_AAjTFvHyfjDMwrv2YZNXma"
        + "4fERV0tUPVoqHK4BF8A3574PFJTMnQhG88E17y1_P1wbzL4FBs9-BPUFvDFaGlKj1UfI4ehDV4oRfauZTOLtBilRfd_IQryIGOet"
        + "qJuihQzDvPVIwu-AQxSNAWj5FqELYRv47WtSpw6WoQ"

    private static let modulus =
        "rZjmSfsofaB_0Zu3pV2Hc-Z2Ar1FkgqMD8Xs5K7lTUW4fY8V4PoLQkrMcIp3-IvH-KZveZfPMTa3-tbs0sVj6mUIhuRdjkHvABa3"
        + "ytO-MP4J1izshtebh1-VjGQhZxKsZx23ZIhGYjLi7BwyBhr0BAXtK4fVJS_TCaQk242OpoUzTWcg1LcXpbfoFMVknS0nA8pi0TOp"
        + "zjFoZFyMyKillxeL2JXGp3TCTZtg_IVsS-pMtWDH30U8sI7u7B7G6H7haUbxm-9XSsj29pUd35isFMx17atQvmPkwah6EeH_0Pnm"
        + "d2JKp06Ti17gTpBLvRCDvi00hjDYb5TI-UuIXEo2Dz-WrdpnjwQH58dqo70lSx6V55XKqVqlujOmlU6X01rtuo6DWTcllPtXfP2p"
        + "imHEQKdJmXVIMyVYSPHz2_TBfqrjdh0xYbpbDblPhwDHd8Capa0DQdMCXnkqkXhFav-LGyeAnZDTmMJDOTGUnZQ4zFEWhNe2Wrwe"
        + "2Epmr4SrpRbJPR2l6E8fC-a5aQGHY8xKEB4OJGQqDaHFS9avo3SV_GJ_dJehJ1ToLLNhW0ishWGWIxcDJKaIKcRahP7e7x4v4zK8"
        + "qBcKKM1O92oQ-nYDKxoIP0wJkQYiRHE9sfbXoCj9Jmfg0k45trBGxHR0JweAGA0AHvJKt6lcv-kVVobBVt8"
}
