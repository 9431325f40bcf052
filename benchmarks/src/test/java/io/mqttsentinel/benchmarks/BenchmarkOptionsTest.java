package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkOptionsTest {

  @Test
  void hasDefaults() {
    BenchmarkOptions options = parse();
    assertEquals(600, options.rate());
    assertEquals(60, options.seconds());
    assertEquals(1_000, options.clients());
    assertEquals(Processes.ONE, options.processes());
    assertEquals(Optional.empty(), options.target());
    assertEquals(Optional.empty(), options.kafka());
    assertEquals(300, options.payloadBytes());
    assertEquals(1, options.qos());
    assertEquals(30, options.warmupSeconds());
    assertEquals(1, options.lingerMillis());
    assertFalse(options.findMax());
    assertEquals(Credentials.NONE, options.subscriberCredentials());
    assertEquals(Credentials.NONE, options.publisherCredentials());
    assertEquals(List.of(), options.pids());
    assertEquals(List.of(), options.settings());
    assertEquals(List.of(), options.jvmOptions());
    assertEquals(Optional.empty(), options.logs());
    assertEquals(Optional.empty(), options.json());
  }

  @Test
  void readsOwnStack() {
    BenchmarkOptions options =
        parse(
            "--rate=1200 --seconds 7 --clients 5 --processes many --payload 512 --qos 0 --warmup 0"
                + " --linger 5 --set a.b=1 --set c=d=e --jvm=-Xmx1g --json out.json --logs here");
    assertEquals(1_200, options.rate());
    assertEquals(7, options.seconds());
    assertEquals(5, options.clients());
    assertEquals(Processes.MANY, options.processes());
    assertEquals(512, options.payloadBytes());
    assertEquals(0, options.qos());
    assertEquals(0, options.warmupSeconds());
    assertEquals(5, options.lingerMillis());
    assertEquals(List.of("a.b=1", "c=d=e"), options.settings());
    assertEquals(List.of("-Xmx1g"), options.jvmOptions());
    assertEquals(Optional.of(Path.of("out.json")), options.json());
    assertEquals(Optional.of(Path.of("here")), options.logs());
  }

  @Test
  void readsForeignBroker() {
    BenchmarkOptions options =
        parse(
            "--target broker:1883 --kafka k:9092 --user u-{client} --password secret"
                + " --publisher-user p --publisher-password q --pid 7 --pid 8");
    assertEquals(Optional.of(new HostPort("broker", 1883)), options.target());
    assertEquals(Optional.of(new HostPort("k", 9092)), options.kafka());
    assertEquals(new Credentials("u-{client}", "secret"), options.subscriberCredentials());
    assertEquals(new Credentials("p", "q"), options.publisherCredentials());
    assertEquals(List.of(7L, 8L), options.pids());
  }

  @Test
  void publishersHaveEveryonesCredentialsByDefault() {
    assertEquals(
        new Credentials("u", "p"),
        parse("--target h:1 --user u --password p").publisherCredentials());
  }

  @Test
  void triesEachRateForAShorterTimeWhenSearching() {
    assertEquals(15, parse("--find-max").seconds());
    assertEquals(40, parse("--find-max --seconds 40").seconds());
    assertTrue(parse("--find-max").findMax());
  }

  @Test
  void commandRepeatsTheRunWithoutSecrets() {
    String command =
        parse("--target h:1 --user u --password hush --publisher-password hush2 --qos 0").command();
    assertEquals(
        "./sentinel bench --rate 600 --seconds 60 --clients 1000 --target h:1 --payload 300"
            + " --qos 0 --warmup 30",
        command);
  }

  @Test
  void commandNamesWhatWasChanged() {
    assertEquals(
        "./sentinel bench --rate 600 --seconds 15 --clients 1000 --processes many --payload 300"
            + " --qos 1 --warmup 30 --linger 0 --set a=b --jvm='-Xmx1g -Xint' --find-max",
        parse(
                List.of(
                    "--processes=many",
                    "--linger=0",
                    "--set=a=b",
                    "--jvm=-Xmx1g -Xint",
                    "--find-max"))
            .command());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --rate 0                  | --rate is '0', expected a whole number from 1 to 100000
          --rate x                  | --rate is 'x', expected a whole number from 1 to 100000
          --rate                    | --rate needs a value
          --rate 1 --rate 2         | --rate is given 2 times
          --seconds 3601            | --seconds is '3601', expected a whole number from 1 to 3600
          --clients 18001           | --clients is '18001', expected a whole number from 1 to 18000
          --payload 20              | --payload is '20', expected a whole number from 55 to 262144
          --qos 2                   | --qos is '2', expected a whole number from 0 to 1
          --processes two           | --processes is 'two', expected one or many
          --target nowhere          | --target is 'nowhere', expected host:port such as localhost:1883
          rate 5                    | 'rate' is not an option; options start with --
          --find-max=5              | --find-max takes no value
          --kafka h:1               | --kafka is for another broker: --target is missing
          --user u                  | --user is for another broker: --target is missing
          --target h:1 --password p | --password without --user
          --target h:1 --set a=b    | --set is for the stack that the benchmark starts, not for a --target
          --set ab                  | --set is 'ab', expected KEY=VALUE
          --logs pom.xml            | --logs is 'pom.xml', a file, expected a directory
          --json none/r.json        | --json is 'none/r.json', expected a file that can be written, in a directory that exists
          --json src                | --json is 'src', expected a file that can be written, in a directory that exists
          """)
  void refusesBadArgumentsAndSaysWhy(String words, String message) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> parse(words)).getMessage());
  }

  @Test
  void namesTheOptionsWhenOneIsUnknown() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> parse("--rat 5")).getMessage();
    assertTrue(message.startsWith("--rat is not an option; there are "), message);
    assertTrue(message.contains("--rate"), message);
  }

  @Test
  void usageNamesEveryOption() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> parse("--nothing 1")).getMessage();
    String options = message.substring(message.indexOf("there are ") + "there are ".length());
    for (String option : options.split(", ", -1)) {
      assertTrue(BenchmarkOptions.USAGE.contains(option + " "), option);
    }
  }

  private static BenchmarkOptions parse() {
    return parse(List.of());
  }

  private static BenchmarkOptions parse(String words) {
    return parse(List.of(words.split(" ", -1)));
  }

  private static BenchmarkOptions parse(List<String> words) {
    return BenchmarkOptions.parse(words);
  }
}
