package io.mqttsentinel.pattern;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Places and options behind a command of {@code ./sentinel rules}. */
record RulesArguments(List<String> places, Map<String, String> options) {

  private static final Set<String> OPTIONS =
      Set.of(
          "--engine",
          "--action",
          "--top",
          "--misses",
          "--rules",
          "--bootstrap",
          "--registry",
          "--wait",
          "--format",
          "--out");
  private static final Set<String> SWITCHES = Set.of("--remove", "--force");

  /**
   * @throws UsageException naming an option that is unknown or lacks its value
   */
  static RulesArguments parse(List<String> arguments) {
    List<String> places = new ArrayList<>();
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.equals("--")) {
        places.add(argument);
      } else if (SWITCHES.contains(argument)) {
        options.put(argument, "");
      } else if (!OPTIONS.contains(argument)) {
        throw new UsageException("unknown option '" + argument + "'");
      } else if (i + 1 == arguments.size()) {
        throw new UsageException(argument + " needs a value");
      } else {
        options.put(argument, arguments.get(++i));
      }
    }
    return new RulesArguments(List.copyOf(places), Map.copyOf(options));
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  int number(String name, int otherwise) {
    String value = options.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("\\d{1,9}")) {
      throw new UsageException("%s is '%s', expected a number".formatted(name, value));
    }
    return Integer.parseInt(value);
  }

  EngineChoice engine() {
    String name = options.getOrDefault("--engine", "auto");
    return EngineChoice.of(name)
        .orElseThrow(
            () ->
                new UsageException(
                    "--engine is '%s', expected auto, vectorscan or java".formatted(name)));
  }

  /** The one place that a command works on. */
  Path onlyPlace(String what) {
    if (places.size() != 1) {
      throw new UsageException("expected one %s, got %d".formatted(what, places.size()));
    }
    return path(places.getFirst());
  }

  /** The one file that a command works on; a UsageException says that there is none. */
  Path onlyFile(String what) {
    Path file = onlyPlace(what);
    if (!Files.isRegularFile(file)) {
      throw new UsageException("'%s' is no file, expected a %s".formatted(file, what));
    }
    return file;
  }

  private static Path path(String place) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new UsageException("'%s' is no path: %s".formatted(place, e.getReason()));
    }
  }

  /** The rule files of all places, or the shipped ones without any. */
  Map<String, String> files() throws IOException {
    return files(places);
  }

  static Map<String, String> files(List<String> places) throws IOException {
    if (places.isEmpty()) {
      return RuleSource.of(RuleSource.SHIPPED).read();
    }
    Map<String, String> files = new TreeMap<>();
    for (String place : places) {
      Path path = path(place);
      if (!Files.exists(path)) {
        throw new UsageException(
            "'%s' does not exist, expected a rule file or a directory of them".formatted(place));
      }
      RuleSource.at(path)
          .read()
          .forEach(
              (name, text) -> {
                if (files.putIfAbsent(name, text) != null) {
                  throw new UsageException("two files are called '" + name + "'");
                }
              });
    }
    if (files.isEmpty()) {
      throw new UsageException(
          "'%s' holds no rule file, expected at least one (.yaml, .yml)"
              .formatted(String.join("', '", places)));
    }
    return files;
  }
}
