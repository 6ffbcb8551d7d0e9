/* The C interface from Node: as small an addon as a program would write. */
#include <node_api.h>
#include <revstat/revstat.h>

#define ARE_OK(condition) \
  if (!(condition)) return Throw(env, "wrong arguments")

static napi_value Throw(napi_env env, const char* message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void Close(napi_env env, void* store, void* hint) {
  (void)env;
  (void)hint;
  revstat_store_close(store);
}

/* open(folder, at): a store. */
static napi_value Open(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2;
  char folder[4096];
  int64_t at;
  ARE_OK(napi_get_cb_info(env, info, &count, arguments, NULL, NULL) ==
             napi_ok &&
         napi_get_value_string_utf8(env, arguments[0], folder, sizeof(folder),
                                    NULL) == napi_ok &&
         napi_get_value_int64(env, arguments[1], &at) == napi_ok);
  revstat_store* store;
  if (revstat_store_open(folder, NULL, at, &store) != REVSTAT_OK)
    return Throw(env, revstat_last_error());
  napi_value handle;
  if (napi_create_external(env, store, Close, NULL, &handle) == napi_ok)
    return handle;
  revstat_store_close(store);
  return Throw(env, "no memory");
}

/* check(store, at, der): the name of the certificate's status. */
static napi_value Check(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  size_t count = 3;
  void* store;
  void* der;
  int64_t at;
  revstat_query query = {0};
  ARE_OK(
      napi_get_cb_info(env, info, &count, arguments, NULL, NULL) == napi_ok &&
      napi_get_value_external(env, arguments[0], &store) == napi_ok &&
      napi_get_value_int64(env, arguments[1], &at) == napi_ok &&
      napi_get_buffer_info(env, arguments[2], &der, &query.certificate_size) ==
          napi_ok);
  query.certificate = der;
  revstat_result result;
  if (revstat_check(store, at, &query, 1, &result) != REVSTAT_OK)
    return Throw(env, revstat_last_error());
  napi_value name = NULL;
  napi_create_string_utf8(env, revstat_status_name(result.status),
                          NAPI_AUTO_LENGTH, &name);
  return name;
}

NAPI_MODULE_INIT(/* env, exports */) {
  const napi_property_descriptor functions[] = {
      {"open", NULL, Open, NULL, NULL, NULL, napi_default, NULL},
      {"check", NULL, Check, NULL, NULL, NULL, napi_default, NULL}};
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
