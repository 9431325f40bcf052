package io.mqttsentinel.e2e;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Whoever gives each service the rights of the table in {@code docs/operations.md} gives it those
 * that its code needs, and no others: the topics are those that its sources name.
 */
class KafkaRightsDocTest {

  private static final Path ROOT = Path.of("..");
  private static final String REGION = "r";
  private static final TopicLayout LAYOUT = new TopicLayout(1, 1, (short) 1, Duration.ofHours(72));
  private static final String DOWNLINK = "edge.downlink." + REGION;
  private static final Pattern ROW = Pattern.compile("(?m)^\\|([^|]+)\\|([^|]*)\\|([^|]+)\\|$");
  private static final Pattern NAMED = Pattern.compile("`([a-z]+\\.[a-z.]+)`");
  private static final Pattern USED = Pattern.compile("\\bTopics\\s*\\.([A-Z_]{2,}|downlink)\\b");
  private static final Pattern READ =
      Pattern.compile("(?:\\baddSource|\\.source|builder\\.stream|\\bfollower)\\(");
  private static final Pattern WRITE = Pattern.compile("(?:\\baddSink|\\.sink|\\.to)\\(");

  /** Written for people and analysts' own programs. */
  private static final Set<String> READ_BY_NO_SERVICE =
      Set.of("messages.quarantined", "dead.letters", "security.incidents");

  private static final Set<String> WRITTEN_BY_NOBODY = Set.of("security.incidents");

  /** What those two may do besides, where they are told to act on findings. */
  private static final Set<String> ANSWERS = Set.of("auth.bans", "auth.invalidations");

  private static final Set<String> ANSWERING = Set.of("anomaly-detector", "auth-verifier");

  /** Commands of the module's main program, which have a row of their own. */
  private static final Set<String> COMMANDS = Set.of("AccessAdmin.java", "RulesPush.java");

  private record Rights(Set<String> reads, Set<String> writes) {

    Set<String> all() {
      return Stream.of(reads, writes).flatMap(Set::stream).collect(toCollection(TreeSet::new));
    }
  }

  @Test
  void everyTopicIsThereAndHasSomebodyWhoReadsAndWritesIt() throws IOException {
    Set<String> topics = new TreeSet<>();
    for (Topic<?, ?> topic : Topics.all(REGION, LAYOUT)) {
      topics.add(topic.name());
    }
    Set<String> reads = new TreeSet<>(READ_BY_NO_SERVICE);
    Set<String> writes = new TreeSet<>(WRITTEN_BY_NOBODY);
    for (Rights rights : table().values()) {
      reads.addAll(rights.reads);
      writes.addAll(rights.writes);
    }

    assertEquals(topics, reads);
    assertEquals(topics, writes);
  }

  @Test
  void eachServiceHasTheTopicsThatItsSourcesName() throws IOException {
    List<Executable> services = new ArrayList<>();
    for (Map.Entry<String, Rights> row : table().entrySet()) {
      if (Files.isDirectory(ROOT.resolve(row.getKey()))) {
        services.add(() -> check(row.getKey(), row.getValue()));
      }
    }

    assertEquals(7, services.size());
    assertAll(services);
  }

  private static void check(String service, Rights rights) throws IOException {
    Set<String> allowed = rights.all();
    Set<String> used = new TreeSet<>();
    Set<String> reads = new TreeSet<>();
    Set<String> writes = new TreeSet<>();
    for (String statement : statements(service)) {
      Set<String> topics = topics(statement);
      used.addAll(topics);
      if (READ.matcher(statement).find()) {
        reads.addAll(topics);
      }
      if (WRITE.matcher(statement).find()) {
        writes.addAll(topics);
      }
    }
    if (ANSWERING.contains(service)) {
      allowed.addAll(ANSWERS);
      writes.removeAll(ANSWERS);
    }

    assertEquals(allowed, used, service);
    assertTrue(rights.reads.containsAll(reads), () -> service + " reads " + reads);
    assertTrue(rights.writes.containsAll(writes), () -> service + " writes " + writes);
  }

  /** Rows of the table by what stands first in them. */
  private static Map<String, Rights> table() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/operations.md"));
    String section = page.split("\n## Rights in Kafka\n", 2)[1].split("\n## ", 2)[0];
    Map<String, Rights> rows = new TreeMap<>();
    for (MatchResult row : ROW.matcher(section).results().toList()) {
      rows.put(row.group(1).strip(), new Rights(named(row.group(2)), named(row.group(3))));
    }
    rows.remove("service");
    assertTrue(rows.size() >= 9, () -> "rows: " + rows.keySet());
    return rows;
  }

  /** The name of the downlink ends in the region, which the page writes as <i>r</i>. */
  private static Set<String> named(String cell) {
    String whole = cell.replace("`edge.downlink.`*r*", "`" + DOWNLINK + "`");
    return NAMED
        .matcher(whole)
        .results()
        .map(name -> name.group(1))
        .collect(toCollection(TreeSet::new));
  }

  private static List<String> statements(String service) throws IOException {
    List<String> statements = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve(service).resolve("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!COMMANDS.contains(file.getFileName().toString())) {
          statements.addAll(Arrays.asList(Files.readString(file).split(";")));
        }
      }
    }
    return statements;
  }

  private static Set<String> topics(String statement) {
    Set<String> names = new HashSet<>();
    for (MatchResult use : USED.matcher(statement).results().toList()) {
      names.add(name(use.group(1)));
    }
    return names;
  }

  private static String name(String constant) {
    if (constant.equals("downlink")) {
      return DOWNLINK;
    }
    try {
      return ((Topic<?, ?>) Topics.class.getField(constant).get(null)).name();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no topic " + constant, e);
    }
  }
}
