package io.mqttsentinel.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;

/**
 * What the command line of {@code ./sentinel faults} asks for.
 *
 * @param every from one fault to the next, or longer where the last one takes longer to heal
 * @param rate messages a second, over all publishers
 * @param highestQos of messages and subscriptions
 * @param stages instances of each stage of inspection; 0: all in one process
 * @param down how long a killed process stays away; empty: a moment, at random
 * @param settings of all services, beside those of the run
 */
record FaultOptions(
    Duration time,
    Duration every,
    long seed,
    int rate,
    int highestQos,
    int stages,
    boolean cuts,
    Optional<Duration> down,
    Map<String, String> settings,
    Optional<Path> directory) {

  static final String USAGE =
      """
      Usage: sentinel faults [options]

      Starts MQTT Sentinel in many processes (three Kafka nodes, two edges, two instances of
      fan-out, the stages), sends traffic through it, kills one process after the other with
      SIGKILL, starts it again, and compares what was acknowledged with what arrived. Exit code 0
      only if nothing was lost, repeated, out of order or delivered to the wrong client.

        --seconds N   how long (600)
        --every N     seconds from one fault to the next (15)
        --seed N      repeats the faults of an earlier run
        --rate N      messages a second (60)
        --qos N       highest QoS of messages and subscriptions: 1 or 2 (2)
        --stages N    instances of each stage of inspection (1)
        --cuts yes|no whether the network between an edge and Kafka fails as well (yes)
        --down N      seconds until a killed process is started again (0.2 to 3, at random);
                      with two of each, others take over meanwhile
        --set K=V     a setting of all services; may be repeated
        --logs DIR    where logs and state go (a temporary directory)
      """;

  int faults() {
    return (int) Math.max(1, time.toMillis() / every.toMillis());
  }

  ClusterLayout layout() {
    return new ClusterLayout(3, stages, 2, 2, cuts, false);
  }

  String command() {
    StringBuilder command = new StringBuilder("./sentinel faults");
    command.append(
        " --seconds %d --every %d --seed %d --rate %d --qos %d --stages %d --cuts %s"
            .formatted(
                time.toSeconds(),
                every.toSeconds(),
                seed,
                rate,
                highestQos,
                stages,
                cuts ? "yes" : "no"));
    down.ifPresent(seconds -> command.append(" --down ").append(seconds.toSeconds()));
    settings.forEach((key, value) -> command.append(" --set " + key + "=" + value));
    return command.toString();
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static FaultOptions parse(List<String> arguments) {
    Duration time = Duration.ofMinutes(10);
    Duration every = Duration.ofSeconds(15);
    long seed = new Random().nextInt(1, Integer.MAX_VALUE);
    int rate = 60;
    int qos = 2;
    int stages = 1;
    boolean cuts = true;
    Duration down = null;
    Map<String, String> settings = new LinkedHashMap<>();
    Path directory = null;
    Queue<String> words = new ArrayDeque<>(arguments);
    while (!words.isEmpty()) {
      String option = words.remove();
      String value = words.poll();
      if (value == null) {
        throw new IllegalArgumentException(option + " is the last word, expected a value after it");
      }
      switch (option) {
        case "--seconds" -> time = Duration.ofSeconds(number(option, value, 1, 86_400));
        case "--every" -> every = Duration.ofSeconds(number(option, value, 1, 3_600));
        case "--seed" -> seed = number(option, value, 0, Long.MAX_VALUE);
        case "--rate" -> rate = (int) number(option, value, 1, 1_000);
        case "--qos" -> qos = (int) number(option, value, 1, 2);
        case "--stages" -> stages = (int) number(option, value, 0, 2);
        case "--cuts" -> cuts = yesOrNo(option, value);
        case "--down" -> down = Duration.ofSeconds(number(option, value, 1, 600));
        case "--set" -> set(settings, value);
        case "--logs" -> directory = directory(option, value);
        default ->
            throw new IllegalArgumentException(
                "'%s' is not an option; --help names them".formatted(option));
      }
    }
    return new FaultOptions(
        time,
        every,
        seed,
        rate,
        qos,
        stages,
        cuts,
        Optional.ofNullable(down),
        settings,
        Optional.ofNullable(directory));
  }

  private static Path directory(String option, String value) {
    Path path = Path.of(value);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          "%s is '%s', a file, expected a directory".formatted(option, value));
    }
    return path;
  }

  private static void set(Map<String, String> settings, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("--set is '%s', expected key=value".formatted(assignment));
    }
    settings.put(assignment.substring(0, equals), assignment.substring(equals + 1));
  }

  private static boolean yesOrNo(String option, String value) {
    return switch (value) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s is '%s', expected yes or no".formatted(option, value));
    };
  }

  private static long number(String option, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with what is out of range.
    }
    throw new IllegalArgumentException(
        "%s is '%s', expected a whole number from %d to %d".formatted(option, value, least, most));
  }
}
