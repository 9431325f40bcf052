package io.mqttsentinel.benchmarks;

/** Where a figure was taken. */
record Machine(int cores, long memoryMiB, String jvm, String kernel) {

  static Machine here(ProcFs proc) {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        proc.memoryMiB().orElse(0L),
        "%s %s".formatted(System.getProperty("java.vm.name"), Runtime.version()),
        "%s %s".formatted(System.getProperty("os.name"), System.getProperty("os.version")));
  }
}
