package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where rule files come from. */
interface RuleSource {

  /** The value of {@code sentinel.pattern-matcher.rules} for the pack that is shipped. */
  String SHIPPED = "classpath";

  /** The files' texts by name. */
  Map<String, String> read() throws IOException;

  /** {@code classpath} for the shipped pack, else a directory. */
  static RuleSource of(String rules) {
    return rules.equals(SHIPPED) ? new Shipped() : new Directory(Path.of(rules));
  }

  /**
   * @throws IOException naming the file and why it cannot be read
   */
  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException("'%s' is no text in UTF-8, expected a rule file".formatted(file), e);
    } catch (AccessDeniedException e) {
      throw new IOException("'%s' must not be read, expected a rule file".formatted(file), e);
    }
  }

  /** A directory of rule files, or one file. */
  static RuleSource at(Path place) {
    return Files.isRegularFile(place) ? new SingleFile(place) : new Directory(place);
  }

  /** One rule file of any name. */
  record SingleFile(Path path) implements RuleSource {

    @Override
    public Map<String, String> read() throws IOException {
      return Map.of(path.getFileName().toString(), text(path));
    }
  }

  /** The pack in this module's resources. */
  record Shipped() implements RuleSource {

    /** A class path cannot be listed in every packaging. */
    static final List<String> FILES =
        List.of(
            "alerts.yaml",
            "browser-scripts.yaml",
            "code-injection.yaml",
            "command-injection.yaml",
            "cross-site-scripting.yaml",
            "directory-and-document-queries.yaml",
            "file-inclusion.yaml",
            "iot-malware.yaml",
            "json-shape.yaml",
            "leaks.yaml",
            "path-traversal.yaml",
            "serialized-objects.yaml",
            "sql-injection.yaml",
            "template-injection.yaml",
            "topics-and-clients.yaml",
            "web-shells.yaml",
            "windows-commands.yaml",
            "xml-and-lookups.yaml");

    @Override
    public Map<String, String> read() throws IOException {
      Map<String, String> files = new TreeMap<>();
      for (String name : FILES) {
        try (InputStream file = RuleSource.class.getResourceAsStream("/rules/" + name)) {
          if (file == null) {
            throw new IOException("/rules/" + name + " is not on the class path");
          }
          files.put(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      return files;
    }
  }

  /** All {@code *.yaml} and {@code *.yml} directly in a directory; a mounted ConfigMap, for one. */
  record Directory(Path path) implements RuleSource {

    private static final int MOST_READS = 5;

    @Override
    public Map<String, String> read() throws IOException {
      if (!Files.isDirectory(path)) {
        throw new IOException(
            "sentinel.pattern-matcher.rules is '%s', expected %s or a directory"
                .formatted(path, SHIPPED));
      }
      for (int i = 0; i < MOST_READS; i++) {
        Path before = version();
        Map<String, String> files = read(before);
        if (version().equals(before)) {
          return files;
        }
      }
      throw new IOException("'%s' changed while it was read, %d times".formatted(path, MOST_READS));
    }

    /**
     * Where the files really are. Kubernetes swaps all files of a ConfigMap at once by turning the
     * link {@code ..data} to another directory: read there, a set is never half old and half new.
     */
    private Path version() throws IOException {
      Path data = path.resolve("..data");
      return Files.isDirectory(data) ? data.toRealPath() : path;
    }

    private static Map<String, String> read(Path directory) throws IOException {
      Map<String, String> files = new TreeMap<>();
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path file : entries.filter(Directory::isRuleFile).toList()) {
          files.put(file.getFileName().toString(), text(file));
        }
      } catch (NoSuchFileException e) {
        // Swapped away just now; the caller looks again.
        if (Files.isDirectory(directory)) {
          throw e;
        }
      }
      return files;
    }

    private static boolean isRuleFile(Path file) {
      String name = file.getFileName().toString();
      return (name.endsWith(".yaml") || name.endsWith(".yml"))
          && !name.startsWith(".")
          && Files.isRegularFile(file);
    }
  }
}
