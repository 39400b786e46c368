// Typed functions over the parts of libcurl that Swift cannot call: the variadic setters and getters.
//
// Everything else of libcurl (handles, lists, constants) is used from Swift as it is. Every setter gives
// libcurl's own result code. No function here keeps state.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

// Sets an option that takes a `long`.
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);

// Sets an option that takes a `curl_off_t`.
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);

// Sets an option that takes a C string; libcurl copies it. NULL unsets.
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);

// Sets an option that takes a list; libcurl does not copy it, it must outlive the transfer.
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

// Gives the handle a buffer of CURL_ERROR_SIZE bytes for messages; it must outlive the handle.
CURLcode ccurl_set_error_buffer(CURL *easy, char *buffer);

// Restricts a handle to http and https, for transfers and redirects alike (by whichever option this
// libcurl knows).
CURLcode ccurl_set_web_only(CURL *easy);

// Lets a handle that waits for a stuck name server be dropped without joining the resolver's thread.
// A libcurl older than 7.87 has no such option: then this does nothing.
CURLcode ccurl_set_quick_exit(CURL *easy);

// Receives bytes of a header line or a body; a result other than `length` ends the transfer.
typedef size_t (*ccurl_data_callback)(const char *bytes, size_t length, void *context);

// Makes the socket for an address that was just resolved, or refuses it with CURL_SOCKET_BAD.
typedef curl_socket_t (*ccurl_socket_callback)(void *context, const struct curl_sockaddr *address);

// Told of the connection that is about to carry the request; `address` is the peer's, numeric.
// False ends the transfer before a byte of the request is sent.
typedef bool (*ccurl_ready_callback)(void *context, const char *address);

// The callbacks of one handle, all called with the same context.
typedef struct ccurl_callbacks {
    ccurl_data_callback header;
    ccurl_data_callback body;
    ccurl_socket_callback socket;
    ccurl_ready_callback ready;
    void *context;
} ccurl_callbacks;

// Installs the callbacks. The structure and its context must outlive the handle's next transfer.
CURLcode ccurl_set_callbacks(CURL *easy, ccurl_callbacks *callbacks);

// Reads a result that is a `long`; 0 when there is none.
long ccurl_get_long(CURL *easy, CURLINFO info);

// Reads a result that is a string owned by the handle; NULL when there is none.
const char *ccurl_get_string(CURL *easy, CURLINFO info);

// Sets an option of a multi handle that takes a `long`.
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

// Takes the next finished transfer off the multi handle's queue; false when there is none.
bool ccurl_multi_next_done(CURLM *multi, CURL **easy, CURLcode *result);

// The address itself, of `addrlen` bytes: the structure's last field is declared smaller than an IPv6 address.
const void *ccurl_socket_address(const struct curl_sockaddr *address);

// Opens a close-on-exec stream socket for a resolved address.
curl_socket_t ccurl_open_socket(const struct curl_sockaddr *address);

#endif
