/* Loads the plugin of argv[1] and asks it about the store of argv[2]. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  void* plugin = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  int (*watch)(const char*) = NULL;
  if (plugin != NULL) *(void**)&watch = dlsym(plugin, "plugin_watch");
  if (watch != NULL) return watch(argv[2]);
  fprintf(stderr, "%s\n", argc == 3 ? dlerror() : "PLUGIN STORE");
  return 2;
}
