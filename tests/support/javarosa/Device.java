import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.services.storage.StorageManager;
import org.javarosa.core.services.storage.util.DummyIndexedStorageUtility;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills a form in as a device does: reads the XForm its argument names and lines "question=value" from its input,
 * writes the filled form; ends with 1 and the failing question when the form's own rules do not hold.
 */
public class Device {
    public static void main(String[] arguments) throws Exception {
        StorageManager.setStorageFactory((name, type) -> new DummyIndexedStorageUtility<>());
        new CoreModelModule().registerModule();
        new JavaRosaCoreModule().registerModule();
        new XFormsModule().registerModule();
        FormDef form = XFormUtils.getFormFromInputStream(new FileInputStream(arguments[0]));
        form.initialize(true, new InstanceInitializationFactory());
        Map<String, TreeElement> questions = new HashMap<>();
        collect(form.getMainInstance().getRoot(), questions);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] answer = line.split("=", 2);
            TreeElement element = questions.get(answer[0]);
            TreeReference at = element.getRef();
            QuestionDef question = FormDef.findQuestionByRef(at, form);
            form.setValue(XFormAnswerDataParser.getAnswerData(answer[1], element.getDataType(), question), at, true);
        }
        ValidateOutcome outcome = form.validate(true);
        if (outcome != null) {
            System.err.println("rule broken: " + outcome.failedPrompt.getReference() + ", outcome " + outcome.outcome);
            System.exit(1);
        }
        form.postProcessInstance();
        System.out.write(new XFormSerializingVisitor().serializeInstance(form.getMainInstance()));
        System.out.flush();
    }

    private static void collect(TreeElement element, Map<String, TreeElement> found) {
        found.put(element.getName(), element);
        for (int index = 0; index < element.getNumChildren(); index++) {
            collect(element.getChildAt(index), found);
        }
    }
}
