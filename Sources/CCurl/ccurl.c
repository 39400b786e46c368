#include "ccurl.h"

#include <sys/socket.h>

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_error_buffer(CURL *easy, char *buffer) {
    return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_set_web_only(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    long web = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, web);
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, web);
#endif
}

CURLcode ccurl_set_quick_exit(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    ccurl_callbacks *callbacks = context;
    return callbacks->header(bytes, size * count, callbacks->context);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    ccurl_callbacks *callbacks = context;
    return callbacks->body(bytes, size * count, callbacks->context);
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    ccurl_callbacks *callbacks = context;
    if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
    return callbacks->socket(callbacks->context, address);
}

static int on_ready(void *context, char *peer, char *local, int peer_port, int local_port) {
    ccurl_callbacks *callbacks = context;
    (void)local, (void)peer_port, (void)local_port;
    return callbacks->ready(callbacks->context, peer) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CURLcode ccurl_set_callbacks(CURL *easy, ccurl_callbacks *callbacks) {
    CURLcode code = CURLE_OK;
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, callbacks);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, callbacks);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, callbacks);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, callbacks);
    return code;
}

long ccurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

const char *ccurl_get_string(CURL *easy, CURLINFO info) {
    const char *value = NULL;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

bool ccurl_multi_next_done(CURLM *multi, CURL **easy, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *easy = message->easy_handle;
        *result = message->data.result;
        return true;
    }
    return false;
}

const void *ccurl_socket_address(const struct curl_sockaddr *address) {
    return &address->addr;
}

curl_socket_t ccurl_open_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
