import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;

/** Starts mongo-java-server: arguments are the port, the data file and, if not loopback, the address. */
public class Launcher {
    /** The oldest version current drivers still talk to; the server by itself claims less. */
    private static final MongoVersion OLDEST_ACCEPTED = new MongoVersion() {
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
        }

        public int getWireVersion() {
            return 9;
        }
    };

    public static void main(String[] arguments) throws InterruptedException {
        MongoServer server = new MongoServer(new H2Backend(arguments[1]).version(OLDEST_ACCEPTED));
        server.bind(arguments.length > 2 ? arguments[2] : "127.0.0.1", Integer.parseInt(arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        Thread.currentThread().join();
    }
}
