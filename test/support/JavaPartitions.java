import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** java -cp KAFKA JavaPartitions.java PARTITIONS KEY...: the partition that Kafka's own producer takes for each key. */
class JavaPartitions {
  public static void main(String[] arguments) {
    int partitions = Integer.parseInt(arguments[0]);
    for (int index = 1; index < arguments.length; index++) {
      byte[] key = arguments[index].getBytes(StandardCharsets.UTF_8);
      System.out.println(BuiltInPartitioner.partitionForKey(key, partitions));
    }
  }
}
