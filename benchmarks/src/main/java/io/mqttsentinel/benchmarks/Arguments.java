package io.mqttsentinel.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code --name value} and {@code --name=value}, each option that was asked for noted. */
final class Arguments {

  private static final Set<String> FLAGS = Set.of("--find-max");

  private final Map<String, List<String>> given = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  private Arguments() {}

  static Arguments parse(List<String> words) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--")) {
        throw new IllegalArgumentException(
            "'%s' is not an option; options start with --".formatted(word));
      }
      int equals = word.indexOf('=');
      if (equals > 0) {
        arguments.add(word.substring(0, equals), word.substring(equals + 1));
      } else if (FLAGS.contains(word)) {
        arguments.add(word, "");
      } else if (i + 1 < words.size() && !words.get(i + 1).startsWith("--")) {
        i++;
        arguments.add(word, words.get(i));
      } else {
        throw new IllegalArgumentException(word + " needs a value");
      }
    }
    return arguments;
  }

  boolean has(String option) {
    return given.containsKey(option);
  }

  boolean flag(String option) {
    known.add(option);
    if (has(option) && !given.get(option).getFirst().isEmpty()) {
      throw new IllegalArgumentException(option + " takes no value");
    }
    return has(option);
  }

  String text(String option, String otherwise) {
    List<String> values = all(option);
    if (values.size() > 1) {
      throw new IllegalArgumentException("%s is given %d times".formatted(option, values.size()));
    }
    return values.isEmpty() ? otherwise : values.getFirst();
  }

  List<String> all(String option) {
    known.add(option);
    return given.getOrDefault(option, List.of());
  }

  int integer(String option, int otherwise, int least, int most) {
    String text = text(option, null);
    return text == null ? otherwise : (int) number(option, text, least, most);
  }

  /** {@code yes} or {@code no}; without the option no. */
  boolean yes(String option) {
    String text = text(option, "no");
    return switch (text) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s is '%s', expected yes or no".formatted(option, text));
    };
  }

  /** What a command that repeats a run says of the stack, with a space in front of each word. */
  static String ofStack(List<String> settings, List<String> jvmOptions) {
    StringBuilder words = new StringBuilder();
    settings.forEach(setting -> words.append(" --set ").append(setting));
    if (!jvmOptions.isEmpty()) {
      words.append(" --jvm='").append(String.join(" ", jvmOptions)).append("'");
    }
    return words.toString();
  }

  Optional<HostPort> address(String option) {
    return Optional.ofNullable(text(option, null)).map(text -> HostPort.parse(option, text));
  }

  /** One that is there, or can be made. */
  Optional<Path> directory(String option) {
    Optional<Path> path = path(option);
    if (path.isPresent() && Files.exists(path.get()) && !Files.isDirectory(path.get())) {
      throw new IllegalArgumentException(
          "%s is '%s', a file, expected a directory".formatted(option, path.get()));
    }
    return path;
  }

  /** To be written in the end; that it cannot be is better known before. */
  Optional<Path> newFile(String option) {
    Optional<Path> path = path(option);
    if (path.isPresent() && !canBeWritten(path.get().toAbsolutePath())) {
      throw new IllegalArgumentException(
          "%s is '%s', expected a file that can be written, in a directory that exists"
              .formatted(option, path.get()));
    }
    return path;
  }

  private static boolean canBeWritten(Path file) {
    return Files.exists(file)
        ? Files.isRegularFile(file) && Files.isWritable(file)
        : Files.isDirectory(file.getParent()) && Files.isWritable(file.getParent());
  }

  private Optional<Path> path(String option) {
    return Optional.ofNullable(text(option, null)).map(Path::of);
  }

  /** What stands between spaces. */
  static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
  }

  /** Refuses what nobody asked for. */
  void rejectUnknown() {
    for (String option : given.keySet()) {
      if (!known.contains(option)) {
        throw new IllegalArgumentException(
            "%s is not an option; there are %s".formatted(option, String.join(", ", known)));
      }
    }
  }

  static long number(String option, String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with what is out of range.
    }
    throw new IllegalArgumentException(
        "%s is '%s', expected a whole number from %d to %d".formatted(option, text, least, most));
  }

  private void add(String option, String value) {
    given.computeIfAbsent(option, o -> new ArrayList<>()).add(value);
  }
}
