# What `cmake --install` puts where, in three components: `runtime` is the shared
# library, `development` what programs are built with, `tools` the command line.
#
# Nothing of it names this machine: the tree may be moved as a whole.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(revstat_include ${CMAKE_INSTALL_INCLUDEDIR}/revstat)
set(revstat_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/revstat)

# Both headers' folders: <revstat.h> and "engine/check/checker.h".
set_target_properties(revstat_static PROPERTIES EXCLUDE_FROM_ALL OFF)
target_include_directories(revstat_static
  INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${revstat_include}>)
target_include_directories(revstat_shared
  INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${revstat_include}>)
target_compile_features(revstat_static INTERFACE cxx_std_20)

install(TARGETS revstat_shared EXPORT revstat
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS revstat_static EXPORT revstat-engine
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
foreach(export IN ITEMS revstat revstat-engine)
  install(EXPORT ${export} NAMESPACE revstat:: FILE ${export}-targets.cmake
          DESTINATION ${revstat_cmake} COMPONENT development)
endforeach()

install(FILES ${PROJECT_SOURCE_DIR}/engine/embed/revstat.h DESTINATION ${revstat_include}
        COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine DESTINATION ${revstat_include}
        COMPONENT development FILES_MATCHING PATTERN "*.h" PATTERN "c_*.h" EXCLUDE
        PATTERN "revstat.h" EXCLUDE PATTERN "*_impl.h" EXCLUDE
        PATTERN "libcurl.h" EXCLUDE PATTERN "fetch_transfer.h" EXCLUDE)

configure_package_config_file(tools/cmake/revstat-config.cmake.in
  ${PROJECT_BINARY_DIR}/revstat-config.cmake INSTALL_DESTINATION ${revstat_cmake}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/revstat-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/revstat-config.cmake
              ${PROJECT_BINARY_DIR}/revstat-config-version.cmake
        DESTINATION ${revstat_cmake} COMPONENT development)

file(RELATIVE_PATH revstat_prefix_from_pc
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(revstat_pc_requires
    "absl_statusor absl_status libssl libcrypto liburcu-bp libxxhash libutf8proc tomlplusplus")
foreach(name IN ITEMS revstat revstat-engine)
  configure_file(tools/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

# The guide and the examples are for whoever builds with the library.
set(folder ${CMAKE_INSTALL_DATADIR}/doc/librevstat-dev)
install(FILES ${PROJECT_SOURCE_DIR}/engine/embed/GUIDE.md DESTINATION ${folder}
        COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples/ DESTINATION ${folder}/examples
        COMPONENT development FILES_MATCHING PATTERN "*.c" PATTERN "*.cc" PATTERN "*.h")

install(TARGETS revstat revstat-gen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
# bash looks for a file of the program's name.
foreach(program IN ITEMS revstat revstat-gen)
  install(FILES ${PROJECT_SOURCE_DIR}/tools/completion/revstat.bash
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME ${program} COMPONENT tools)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/tools/sources.toml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT tools)
# The unit names the program where it is installed.
install(CODE "set(revstat_bindir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
file(READ \"${PROJECT_SOURCE_DIR}/tools/systemd/revstat-refresh.service\" unit)
string(REPLACE /usr/bin \"\${revstat_bindir}\" unit \"\${unit}\")
file(WRITE \"${PROJECT_BINARY_DIR}/revstat-refresh.service\" \"\${unit}\")"
        COMPONENT tools)
install(FILES ${PROJECT_BINARY_DIR}/revstat-refresh.service
        DESTINATION lib/systemd/system COMPONENT tools)
install(FILES ${PROJECT_SOURCE_DIR}/tools/systemd/revstat.sysusers
        DESTINATION lib/sysusers.d RENAME revstat.conf COMPONENT tools)

# One page for a program, made of what --help prints of each of its commands.
find_program(GZIP_PROGRAM gzip REQUIRED)
foreach(program IN ITEMS revstat revstat-gen)
  set(page ${PROJECT_BINARY_DIR}/${program}.1)
  add_custom_command(OUTPUT ${page}.gz
    COMMAND bash ${PROJECT_SOURCE_DIR}/tools/man/make-page $<TARGET_FILE:${program}>
            ${PROJECT_VERSION} ${page}
    COMMAND ${GZIP_PROGRAM} -9nf ${page}
    DEPENDS ${program} ${PROJECT_SOURCE_DIR}/tools/man/make-page VERBATIM)
  list(APPEND pages ${page}.gz)
endforeach()
add_custom_target(man ALL DEPENDS ${pages})
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)

# Debian policy 12.5 and 12.7: each package has its copyright and its changelog.
configure_file(tools/cmake/changelog.in ${PROJECT_BINARY_DIR}/changelog @ONLY)
file(ARCHIVE_CREATE OUTPUT ${PROJECT_BINARY_DIR}/changelog.gz PATHS ${PROJECT_BINARY_DIR}/changelog
     FORMAT raw COMPRESSION GZip)
foreach(package IN ITEMS "runtime;librevstat0" "development;librevstat-dev" "tools;revstat")
  list(GET package 0 component)
  list(GET package 1 name)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${name})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${folder} RENAME copyright
          COMPONENT ${component})
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION ${folder}
          RENAME changelog.Debian.gz COMPONENT ${component})
endforeach()
