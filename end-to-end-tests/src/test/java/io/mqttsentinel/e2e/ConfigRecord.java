package io.mqttsentinel.e2e;

import io.micronaut.core.bind.annotation.Bindable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A record with {@code @ConfigurationProperties}: its annotations, and its javadoc's words. */
record ConfigRecord(String module, String prefix, String meaning, List<Key> keys) {

  /** One key with its default ("" for none) and its meaning ("" where the javadoc has none). */
  record Key(String name, String defaultValue, String meaning) {}

  private static final Pattern DECLARATION =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*@ConfigurationProperties\\(\"([^\"]+)\"\\)"
              + ".*?record (\\w+)\\(",
          Pattern.DOTALL);
  private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

  static Optional<ConfigRecord> in(Path file) {
    String source;
    try {
      source = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!source.contains("@ConfigurationProperties(")) {
      return Optional.empty();
    }
    Matcher declaration = DECLARATION.matcher(source);
    Matcher packageName = PACKAGE.matcher(source);
    if (!declaration.find() || !packageName.find()) {
      throw new AssertionError(file + " has no config record with javadoc");
    }
    String words = words(declaration.group(1));
    String prefix = declaration.group(2);
    Constructor<?> constructor = constructor(packageName.group(1) + "." + declaration.group(3));
    for (Parameter parameter : constructor.getParameters()) { // as it is written in a file
      words =
          words.replace(
              "`%s`".formatted(parameter.getName()), "`%s`".formatted(kebab(parameter.getName())));
    }
    List<Key> keys = new ArrayList<>();
    for (Parameter parameter : constructor.getParameters()) {
      Bindable bindable = parameter.getAnnotation(Bindable.class);
      keys.add(
          new Key(
              prefix + "." + kebab(parameter.getName()),
              bindable == null ? "" : bindable.defaultValue(),
              meaning(words, parameter.getName())));
    }
    String module = Path.of("..").relativize(file).getName(0).toString();
    return Optional.of(
        new ConfigRecord(module, prefix, words.split(" @param ", -1)[0].strip(), keys));
  }

  private static Constructor<?> constructor(String className) {
    try {
      Class<?> type = Class.forName(className);
      return Arrays.stream(type.getDeclaredConstructors())
          .filter(c -> c.getParameterCount() == type.getRecordComponents().length)
          .findFirst()
          .orElseThrow();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static String meaning(String words, String parameter) {
    for (String part : words.split(" @param ", -1)) {
      if (part.startsWith(parameter + " ")) {
        return part.substring(parameter.length()).strip();
      }
    }
    return "";
  }

  /** Javadoc as one line of Markdown. */
  private static String words(String javadoc) {
    return javadoc
        .replaceAll("(?m)^\\s*\\*", " ")
        .replaceAll("\\s+", " ")
        .replaceAll("\\{@code ((?:[^{}]|\\{[^{}]*})*)}", "`$1`")
        .replaceAll("\\{@link #?([^}]*)}", "`$1`");
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
