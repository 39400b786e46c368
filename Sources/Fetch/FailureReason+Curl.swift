internal import CCurl

extension FetchFailure.Reason {
    /// The reason behind a result of libcurl, given how far the answer had come.
    init(_ code: CURLcode, headBegan: Bool, headEnded: Bool) {
        // A single header line beyond libcurl's own limit: CURLE_TOO_LARGE, before libcurl 8.6 the other.
        if headBegan, !headEnded, code.rawValue == 100 || code == CURLE_OUT_OF_MEMORY {
            self = .headersTooLarge
            return
        }
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: self = .badURL
        case CURLE_UNSUPPORTED_PROTOCOL:
            // libcurl's code for an unwanted scheme, and for an answer in HTTP/0.9: the first never gets here.
            self = .protocolError
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .dnsFailed
        case CURLE_COULDNT_CONNECT: self = .connectionFailed
        case CURLE_OPERATION_TIMEDOUT: self = headEnded ? .timeoutTotal : .timeoutConnect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self = .tlsFailed
        case CURLE_BAD_CONTENT_ENCODING: self = .badEncoding
        case CURLE_PARTIAL_FILE: self = .bodyTruncated
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self = headEnded ? .bodyTruncated : headBegan ? .connectionReset : .connectionFailed
        case CURLE_WEIRD_SERVER_REPLY, CURLE_WRITE_ERROR: self = .protocolError
        default: self = .engineFailed
        }
    }

    /// Whether the failure is about the body alone, so that a status already received still holds.
    var concernsBody: Bool {
        switch self {
        case .timeoutTotal, .tooSlow, .bodyTooLarge, .bodyTruncated, .badEncoding: true
        default: false
        }
    }
}
