# Debian packages, by `cpack -G DEB` in a build tree that was configured with
# -DCMAKE_INSTALL_PREFIX=/usr: librevstat0, librevstat-dev, revstat.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME revstat)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "revstat maintainers <maintainers@revstat.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development tools)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# What binaries need, by dpkg-shlibdeps, which does not see the libcurl that is
# loaded where something is fetched (engine/refresh/libcurl.h).
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(revstat_libcurl "libcurl4 (>= 7.87)")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME librevstat0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS ${revstat_libcurl})
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "The shared library with the C interface: answers whether certificates are
active, revoked, on hold or expired from a store of CRLs that all processes of
a host share.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME librevstat-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DEPENDS runtime)
# Of the static library, which needs theirs.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libabsl-dev, libssl-dev, libtomlplusplus-dev, liburcu-dev, libutf8proc-dev, libxxhash-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "The headers of the C and the C++ interface, the static library, and the files
for CMake and pkg-config.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME revstat)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS ca-certificates)
# postinst makes the service's user, and restarts the service after an upgrade.
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${revstat_libcurl}, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_TOOLS_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/tools/systemd/postinst ${PROJECT_SOURCE_DIR}/tools/systemd/prerm)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS libengine-gost-openssl)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
    "revstat checks certificates, alone or in lists of millions, and keeps a store
of CRLs current as a service. revstat-gen makes PKIs and CRLs for tests.")

include(CPack)
