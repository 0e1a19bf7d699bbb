<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>geoseg</name>
    <message>
        <source> m</source>
        <translation> m</translation>
    </message>
    <message>
        <source> m²</source>
        <translation> m²</translation>
    </message>
    <message>
        <source>&amp;Add a raster file…</source>
        <translation>Rasterdatei &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Draw a rectangle</source>
        <translation>&amp;Rechteck zeichnen</translation>
    </message>
    <message>
        <source>&amp;Find buildings</source>
        <translation>Gebäude &amp;suchen</translation>
    </message>
    <message>
        <source>&amp;Install</source>
        <translation>&amp;Installieren</translation>
    </message>
    <message>
        <source>&amp;Make an environment (recommended)</source>
        <translation>Eine Umgebung &amp;anlegen (empfohlen)</translation>
    </message>
    <message>
        <source>&amp;Model's default</source>
        <translation>&amp;Modellvorgabe</translation>
    </message>
    <message>
        <source>&amp;OpenStreetMap file for JOSM</source>
        <translation>&amp;OpenStreetMap-Datei für JOSM</translation>
    </message>
    <message>
        <source>&amp;Python</source>
        <translation>&amp;Python</translation>
    </message>
    <message>
        <source>&amp;Raster layer</source>
        <translation>&amp;Rasterlayer</translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation>&amp;Reparieren</translation>
    </message>
    <message>
        <source>&amp;Report, without your name, folders and passwords</source>
        <translation>&amp;Bericht, ohne Ihren Namen, Ihre Ordner und Passwörter</translation>
    </message>
    <message>
        <source>&amp;Use a Python that has geoseg already</source>
        <translation>Ein Python &amp;verwenden, das geoseg schon hat</translation>
    </message>
    <message>
        <source>&amp;Use this Python</source>
        <translation>Dieses Python &amp;verwenden</translation>
    </message>
    <message>
        <source>&amp;Views of each place</source>
        <translation>&amp;Ansichten jeder Stelle</translation>
    </message>
    <message>
        <source>&amp;Zoom to result</source>
        <translation>Auf das Ergebnis &amp;zoomen</translation>
    </message>
    <message>
        <source>0.50 to 0.65: doubtful</source>
        <translation>0,50 bis 0,65: zweifelhaft</translation>
    </message>
    <message>
        <source>0.65 to 0.80: fair</source>
        <translation>0,65 bis 0,80: brauchbar</translation>
    </message>
    <message>
        <source>0.80 to 0.90: good</source>
        <translation>0,80 bis 0,90: gut</translation>
    </message>
    <message>
        <source>300 is what the bundled model was trained with.</source>
        <translation>Mit 300 wurde das mitgelieferte Modell trainiert.</translation>
    </message>
    <message>
        <source>A Python that was not found by itself; it is tried first.</source>
        <translation>Ein Python, das nicht von selbst gefunden wurde; es wird zuerst ausprobiert.</translation>
    </message>
    <message>
        <source>A building of which less lies in a tile is left out of that tile.</source>
        <translation>Ein Gebäude, von dem weniger in einer Kachel liegt, wird in dieser Kachel weggelassen.</translation>
    </message>
    <message>
        <source>A file of weights to find buildings with; empty for the model that geoseg brings.</source>
        <translation>Eine Datei mit Gewichten, mit denen Gebäude gesucht werden; leer für das Modell, das geoseg mitbringt.</translation>
    </message>
    <message>
        <source>A file that JOSM opens, marked not to be uploaded as it is: look at every building, and discuss an import first.</source>
        <translation>Eine Datei, die JOSM öffnet, mit dem Vermerk, dass sie so nicht hochgeladen werden soll: Sehen Sie jedes Gebäude an und besprechen Sie einen Import vorher.</translation>
    </message>
    <message>
        <source>A file with all attributes in the CRS of the raster; the best to go on with.</source>
        <translation>Eine Datei mit allen Attributen im KBS des Rasters; am besten zum Weiterarbeiten.</translation>
    </message>
    <message>
        <source>A folder of .whl files, taken before what a package index has.</source>
        <translation>Ein Ordner mit .whl-Dateien; sie gehen dem vor, was ein Paketindex hat.</translation>
    </message>
    <message>
        <source>A folder of tiles must hold annotation.json; {path} does not.</source>
        <translation>Ein Ordner mit Kacheln muss annotation.json enthalten; {path} tut das nicht.</translation>
    </message>
    <message>
        <source>A layer has no field “review”, and keeps its colours by score.</source>
        <translation>Ein Layer hat kein Feld „review“ und behält die Farben nach Bewertung.</translation>
    </message>
    <message>
        <source>A layer must have a CRS; {name} has none.</source>
        <translation>Ein Layer muss ein KBS haben; {name} hat keines.</translation>
    </message>
    <message>
        <source>A page with scores, charts and pictures, which needs no other file.</source>
        <translation>Eine Seite mit Werten, Diagrammen und Bildern, die keine weitere Datei braucht.</translation>
    </message>
    <message>
        <source>A raster and its buildings belong together; one of them is missing.</source>
        <translation>Ein Raster und seine Gebäude gehören zusammen; eines davon fehlt.</translation>
    </message>
    <message>
        <source>A raster file with labels, instead of tiles or besides them.</source>
        <translation>Eine Rasterdatei mit Beschriftung, statt Kacheln oder zusätzlich zu ihnen.</translation>
    </message>
    <message>
        <source>A text file in longitude and latitude, for the web and other programs.</source>
        <translation>Eine Textdatei in geographischer Länge und Breite, für das Web und andere Programme.</translation>
    </message>
    <message>
        <source>Add a raster file</source>
        <translation>Rasterdatei hinzufügen</translation>
    </message>
    <message>
        <source>Add a raster file to the project</source>
        <translation>Eine Rasterdatei zum Projekt hinzufügen</translation>
    </message>
    <message>
        <source>Add a raster file to the project, to look for buildings in</source>
        <translation>Eine Rasterdatei zum Projekt hinzufügen, in der Gebäude gesucht werden</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Also written: {files}</source>
        <translation>Auch geschrieben: {files}</translation>
    </message>
    <message>
        <source>An&amp;other Python</source>
        <translation>Ein &amp;anderes Python</translation>
    </message>
    <message>
        <source>Ar&amp;ea</source>
        <translation>&amp;Gebiet</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Gebiet</translation>
    </message>
    <message>
        <source>Area looked at, km2</source>
        <translation>Angesehene Fläche, km2</translation>
    </message>
    <message>
        <source>Area: {problem}</source>
        <translation>Gebiet: {problem}</translation>
    </message>
    <message>
        <source>As a rectangle; leave it empty for everything.</source>
        <translation>Als Rechteck; leer lassen für alles.</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Wie gefunden</translation>
    </message>
    <message>
        <source>As polygons, in any CRS; instead of an extent.</source>
        <translation>Als Polygone, in beliebigem KBS; statt einer Ausdehnung.</translation>
    </message>
    <message>
        <source>Asking how large they are</source>
        <translation>Ihre Größe wird erfragt</translation>
    </message>
    <message>
        <source>At least {size} will be downloaded; the size of {n} is not known.</source>
        <translation>Mindestens {size} werden heruntergeladen; die Größe von {n} ist nicht bekannt.</translation>
    </message>
    <message>
        <source>Average precision</source>
        <translation>Mittlere Genauigkeit (AP)</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>Bands must be one number or three, such as 4,3,2; got {bands}.</source>
        <translation>Kanäle müssen eine Zahl oder drei sein, etwa 4,3,2; angegeben ist {bands}.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Stapelgröße</translation>
    </message>
    <message>
        <source>Boundary IoU</source>
        <translation>Boundary IoU</translation>
    </message>
    <message>
        <source>Building footprints found by geoseg {version} with the model {model}. They were found by a program: each has a score from 0 to 1, and none was looked at by a person yet.</source>
        <translation>Gebäudeumrisse, gefunden von geoseg {version} mit dem Modell {model}. Ein Programm hat sie gefunden: Jeder hat eine Bewertung von 0 bis 1, und noch kein Mensch hat sie angesehen.</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>Gebäude</translation>
    </message>
    <message>
        <source>Buildings found</source>
        <translation>Gefundene Gebäude</translation>
    </message>
    <message>
        <source>Buildings in {raster}</source>
        <translation>Gebäude in {raster}</translation>
    </message>
    <message>
        <source>Buildings left out</source>
        <translation>Weggelassene Gebäude</translation>
    </message>
    <message>
        <source>Buildings of {raster}, {time}</source>
        <translation>Gebäude aus {raster}, {time}</translation>
    </message>
    <message>
        <source>Buildings with a lower score are dropped: higher means fewer mistakes and more buildings that are missed. Empty for the value that suits the model.</source>
        <translation>Gebäude mit niedrigerer Bewertung entfallen: Höher bedeutet weniger Fehler und mehr übersehene Gebäude. Leer für den Wert, der zum Modell passt.</translation>
    </message>
    <message>
        <source>Buildings with a lower score are left out. Empty to take every score.</source>
        <translation>Gebäude mit niedrigerer Bewertung werden weggelassen. Leer, um alle zu nehmen.</translation>
    </message>
    <message>
        <source>C-IoU</source>
        <translation>C-IoU</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled. {n} buildings that were found stay on the map.</source>
        <translation>Abgebrochen. {n} gefundene Gebäude bleiben auf der Karte.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Wird abgebrochen…</translation>
    </message>
    <message>
        <source>Choose a Python</source>
        <translation>Ein Python wählen</translation>
    </message>
    <message>
        <source>Choose a Python that has geoseg.</source>
        <translation>Wählen Sie ein Python, das geoseg hat.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Wählen Sie eine Datei.</translation>
    </message>
    <message>
        <source>Choose a raster layer.</source>
        <translation>Wählen Sie einen Rasterlayer.</translation>
    </message>
    <message>
        <source>Choose at least one result.</source>
        <translation>Wählen Sie mindestens ein Ergebnis.</translation>
    </message>
    <message>
        <source>Choose model weights</source>
        <translation>Gewichte des Modells wählen</translation>
    </message>
    <message>
        <source>Choose the folder of wheels</source>
        <translation>Ordner mit Wheels wählen</translation>
    </message>
    <message>
        <source>Colour the buildings by how sure the model is, or by what you have decided about them in the field “review”.</source>
        <translation>Die Gebäude danach färben, wie sicher das Modell ist, oder danach, was Sie im Feld „review“ entschieden haben.</translation>
    </message>
    <message>
        <source>Colours by review</source>
        <translation>Farben nach Prüfung</translation>
    </message>
    <message>
        <source>Colours by score</source>
        <translation>Farben nach Bewertung</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Protokoll kopieren</translation>
    </message>
    <message>
        <source>Copy the report, to paste it into a bug report.</source>
        <translation>Den Bericht kopieren, um ihn in eine Fehlermeldung einzufügen.</translation>
    </message>
    <message>
        <source>Cuts a raster into georeferenced tiles for labelling or for training: images/ (GeoTIFF), annotation.json (COCO) and tiles.gpkg (an index).

With labels, give the area in which all buildings are drawn: a building that is missing there teaches the model that it is none.</source>
        <translation>Schneidet ein Raster in georeferenzierte Kacheln zum Beschriften oder Trainieren: images/ (GeoTIFF), annotation.json (COCO) und tiles.gpkg (ein Verzeichnis).

Geben Sie mit Beschriftungen das Gebiet an, in dem alle Gebäude gezeichnet sind: Ein Gebäude, das dort fehlt, lehrt das Modell, dass es keines ist.</translation>
    </message>
    <message>
        <source>Date of the raster</source>
        <translation>Datum des Rasters</translation>
    </message>
    <message>
        <source>Delete the environment and free the disk.</source>
        <translation>Die Umgebung löschen und den Platz auf der Platte freigeben.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Device must be auto, cpu, gpu or gpu:N; got {device}.</source>
        <translation>Das Gerät muss auto, cpu, gpu oder gpu:N sein; angegeben ist {device}.</translation>
    </message>
    <message>
        <source>Do without the &amp;internet</source>
        <translation>Ohne &amp;Internet auskommen</translation>
    </message>
    <message>
        <source>Download and install what is listed.</source>
        <translation>Herunterladen und installieren, was aufgelistet ist.</translation>
    </message>
    <message>
        <source>Downloading and installing packages</source>
        <translation>Pakete werden heruntergeladen und installiert</translation>
    </message>
    <message>
        <source>Drag a rectangle over the map with the mouse.</source>
        <translation>Ziehen Sie mit der Maus ein Rechteck über die Karte.</translation>
    </message>
    <message>
        <source>Drawing the buildings</source>
        <translation>Gebäude werden gezeichnet</translation>
    </message>
    <message>
        <source>Empty the log</source>
        <translation>Protokoll leeren</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Estimate again</source>
        <translation>Neu schätzen</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Schätzung</translation>
    </message>
    <message>
        <source>Estimating…</source>
        <translation>Wird geschätzt…</translation>
    </message>
    <message>
        <source>Evaluate buildings</source>
        <translation>Gebäude bewerten</translation>
    </message>
    <message>
        <source>Export OSM</source>
        <translation>OSM exportieren</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Ausdehnung</translation>
    </message>
    <message>
        <source>Extract buildings</source>
        <translation>Gebäude extrahieren</translation>
    </message>
    <message>
        <source>F&amp;older of wheels</source>
        <translation>&amp;Ordner mit Wheels</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>Fetching the imagery</source>
        <translation>Bilder werden abgerufen</translation>
    </message>
    <message>
        <source>File of weights, such as a training gives. Empty for the bundled model.</source>
        <translation>Datei mit Gewichten, wie sie ein Training ergibt. Leer für das mitgelieferte Modell.</translation>
    </message>
    <message>
        <source>File to write. Of many buildings there are several files, with numbers.</source>
        <translation>Zu schreibende Datei. Bei vielen Gebäuden sind es mehrere Dateien, mit Nummern.</translation>
    </message>
    <message>
        <source>Files, one a line</source>
        <translation>Dateien, eine je Zeile</translation>
    </message>
    <message>
        <source>Find buildings</source>
        <translation>Gebäude suchen</translation>
    </message>
    <message>
        <source>Find buildings in aerial imagery</source>
        <translation>Gebäude in Luftbildern suchen</translation>
    </message>
    <message>
        <source>Finding out which packages are needed</source>
        <translation>Ermitteln, welche Pakete nötig sind</translation>
    </message>
    <message>
        <source>Finds buildings and trains models, with TensorFlow. About 3 GB on the disk.</source>
        <translation>Sucht Gebäude und trainiert Modelle, mit TensorFlow. Etwa 3 GB auf der Platte.</translation>
    </message>
    <message>
        <source>Finds buildings, with ONNX Runtime. About 1 GB on the disk.</source>
        <translation>Sucht Gebäude, mit ONNX Runtime. Etwa 1 GB auf der Platte.</translation>
    </message>
    <message>
        <source>Finds the buildings in aerial or satellite imagery and writes their footprints, each with a score from 0 to 1 and its area in square metres.

The raster may be a file or a service (XYZ, WMS, WMTS); of a service, the part inside the extent or area is fetched first. Pixels of 0.15 to 0.4 m work best. A run that was cancelled goes on where it stopped if it is started again with the same parameters and a result that is not temporary.

The program does not know whether the licence of the imagery allows what you want to do with the footprints.</source>
        <translation>Sucht die Gebäude in Luft- oder Satellitenbildern und schreibt ihre Umrisse, jeden mit einer Bewertung von 0 bis 1 und seiner Fläche in Quadratmetern.

Das Raster kann eine Datei oder ein Dienst (XYZ, WMS, WMTS) sein; von einem Dienst wird zuerst der Teil innerhalb der Ausdehnung oder des Gebiets abgerufen. Am besten eignen sich Pixel von 0,15 bis 0,4 m. Ein abgebrochener Lauf geht dort weiter, wo er aufhörte, wenn er mit denselben Parametern und einem nicht temporären Ergebnis neu gestartet wird.

Das Programm weiß nicht, ob die Lizenz der Bilder erlaubt, was Sie mit den Umrissen tun wollen.</translation>
    </message>
    <message>
        <source>Folder for the tiles, new or empty.</source>
        <translation>Ordner für die Kacheln, neu oder leer.</translation>
    </message>
    <message>
        <source>Folder of the run</source>
        <translation>Ordner des Laufs</translation>
    </message>
    <message>
        <source>Folder of tiles</source>
        <translation>Ordner mit Kacheln</translation>
    </message>
    <message>
        <source>Footprints to judge; with a field score, the best are matched first.</source>
        <translation>Zu beurteilende Umrisse; mit einem Feld score werden die besten zuerst zugeordnet.</translation>
    </message>
    <message>
        <source>Footprints, in any CRS.</source>
        <translation>Umrisse, in beliebigem KBS.</translation>
    </message>
    <message>
        <source>For those who have installed geoseg themselves.</source>
        <translation>Für alle, die geoseg selbst installiert haben.</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Voll</translation>
    </message>
    <message>
        <source>Geo&amp;JSON</source>
        <translation>Geo&amp;JSON</translation>
    </message>
    <message>
        <source>Geo&amp;Package</source>
        <translation>Geo&amp;Package</translation>
    </message>
    <message>
        <source>GeoJSON</source>
        <translation>GeoJSON</translation>
    </message>
    <message>
        <source>GeoPackage</source>
        <translation>GeoPackage</translation>
    </message>
    <message>
        <source>Give an extent or an area, not both.</source>
        <translation>Geben Sie eine Ausdehnung oder ein Gebiet an, nicht beides.</translation>
    </message>
    <message>
        <source>Give the whole path of the file.</source>
        <translation>Geben Sie den ganzen Pfad der Datei an.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on with the run in the folder, which was interrupted.</source>
        <translation>Mit dem unterbrochenen Lauf im Ordner weitermachen.</translation>
    </message>
    <message>
        <source>Goes on training the bundled model, or another one, with your own labels: a folder that Tile raster with labels has made, or a raster with the buildings that you drew on it and the area in which they are complete. The weights that come of it are what Extract buildings takes as its model.

Training needs the full set-up with TensorFlow, and time: hours without a GPU. One that was cancelled goes on if Go on is ticked.</source>
        <translation>Trainiert das mitgelieferte oder ein anderes Modell mit Ihren eigenen Beschriftungen weiter: einem Ordner, den „Raster mit Beschriftung kacheln“ angelegt hat, oder einem Raster mit den Gebäuden, die Sie darauf gezeichnet haben, und dem Gebiet, in dem sie vollständig sind. Die Gewichte, die dabei entstehen, nimmt „Gebäude extrahieren“ als Modell.

Trainieren braucht die volle Einrichtung mit TensorFlow, und Zeit: Stunden ohne GPU. Ein abgebrochenes Training geht weiter, wenn „Fortsetzen“ angekreuzt ist.</translation>
    </message>
    <message>
        <source>Going on after {done} of {total} parts.</source>
        <translation>Weiter nach {done} von {total} Teilen.</translation>
    </message>
    <message>
        <source>HTML files (*.html)</source>
        <translation>HTML-Dateien (*.html)</translation>
    </message>
    <message>
        <source>How far a simplified outline may be from the detected one: larger gives fewer vertices.</source>
        <translation>Wie weit ein vereinfachter Umriss vom erkannten abweichen darf: Mehr ergibt weniger Stützpunkte.</translation>
    </message>
    <message>
        <source>How far an outline may be from what was detected, metres on the ground. More gives straighter walls and fewer corners.</source>
        <translation>Wie weit ein Umriss von dem abweichen darf, was erkannt wurde, in Metern am Boden. Mehr ergibt geradere Wände und weniger Ecken.</translation>
    </message>
    <message>
        <source>How far the search for buildings is.</source>
        <translation>Wie weit die Suche nach Gebäuden ist.</translation>
    </message>
    <message>
        <source>How far this step is.</source>
        <translation>Wie weit dieser Schritt ist.</translation>
    </message>
    <message>
        <source>How long to train. A step looks at as many samples as the batch size says.</source>
        <translation>Wie lange trainiert wird. Ein Schritt sieht so viele Beispiele an, wie die Stapelgröße angibt.</translation>
    </message>
    <message>
        <source>How often each place is looked at, mirrored and turned: more is better, and as much slower.</source>
        <translation>Wie oft jede Stelle angesehen wird, gespiegelt und gedreht: Mehr ist besser, und entsprechend langsamer.</translation>
    </message>
    <message>
        <source>How sure the model has to be of a building, 0 to 1. Lower finds more buildings, and more that are none.</source>
        <translation>Wie sicher das Modell bei einem Gebäude sein muss, 0 bis 1. Weniger findet mehr Gebäude, und mehr, die keine sind.</translation>
    </message>
    <message>
        <source>Imagery</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>In use: geoseg {version}, {kind}, in {folder}</source>
        <translation>In Gebrauch: geoseg {version}, {kind}, in {folder}</translation>
    </message>
    <message>
        <source>In use: the Python {path}</source>
        <translation>In Gebrauch: das Python {path}</translation>
    </message>
    <message>
        <source>Install geoseg into a folder of its own, beside the settings of QGIS.</source>
        <translation>geoseg in einen eigenen Ordner installieren, neben den Einstellungen von QGIS.</translation>
    </message>
    <message>
        <source>Installing geoseg</source>
        <translation>geoseg wird installiert</translation>
    </message>
    <message>
        <source>Intersection over union that two outlines need to be the same building.</source>
        <translation>Schnittfläche durch Vereinigungsfläche, die zwei Umrisse haben müssen, um dasselbe Gebäude zu sein.</translation>
    </message>
    <message>
        <source>Keep the buildings in a layer in memory, which is gone when the project is closed.</source>
        <translation>Die Gebäude in einem Layer im Arbeitsspeicher halten, der mit dem Schließen des Projekts verschwindet.</translation>
    </message>
    <message>
        <source>Kind of installation</source>
        <translation>Art der Installation</translation>
    </message>
    <message>
        <source>Labelled tiles of other places; the weights that do best on them are kept.</source>
        <translation>Beschriftete Kacheln anderer Orte; behalten werden die Gewichte, die auf ihnen am besten abschneiden.</translation>
    </message>
    <message>
        <source>Labelled tiles: a folder with images/ and annotation.json.</source>
        <translation>Beschriftete Kacheln: ein Ordner mit images/ und annotation.json.</translation>
    </message>
    <message>
        <source>Layer of the area's polygons</source>
        <translation>Layer mit den Polygonen des Gebiets</translation>
    </message>
    <message>
        <source>Least &amp;ground area</source>
        <translation>Mindest&amp;fläche</translation>
    </message>
    <message>
        <source>Least &amp;score</source>
        <translation>Mindest&amp;bewertung</translation>
    </message>
    <message>
        <source>Least IoU of a match</source>
        <translation>Kleinste IoU einer Zuordnung</translation>
    </message>
    <message>
        <source>Least area, square metres</source>
        <translation>Mindestfläche, Quadratmeter</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Mindestbewertung</translation>
    </message>
    <message>
        <source>Least visible share</source>
        <translation>Kleinster sichtbarer Anteil</translation>
    </message>
    <message>
        <source>Leave out polygons that are not selected.</source>
        <translation>Polygone weglassen, die nicht ausgewählt sind.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Leicht</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Look at every place so often, mirrored and turned: finds buildings better, and takes as many times longer.</source>
        <translation>Jede Stelle so oft ansehen, gespiegelt und gedreht: findet Gebäude besser und dauert entsprechend länger.</translation>
    </message>
    <message>
        <source>Look for Pythons again</source>
        <translation>Erneut nach Python suchen</translation>
    </message>
    <message>
        <source>Look for buildings in the background.</source>
        <translation>Gebäude im Hintergrund suchen.</translation>
    </message>
    <message>
        <source>Looking at the imagery</source>
        <translation>Bilder werden angesehen</translation>
    </message>
    <message>
        <source>Looking for Pythons</source>
        <translation>Suche nach Python</translation>
    </message>
    <message>
        <source>Looking for Pythons…</source>
        <translation>Suche nach Python…</translation>
    </message>
    <message>
        <source>Making an empty environment</source>
        <translation>Eine leere Umgebung wird angelegt</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Zuordnungen</translation>
    </message>
    <message>
        <source>Matches footprints one to one with true ones, the best score first, and tells precision, recall and F1, and how well the outlines of the matches follow the truth: IoU, C-IoU, boundary IoU, PoLiS, splits and merges.

The two layers may be in different CRSs. Give the area in which the true buildings are complete, or everything outside of it counts as a mistake.</source>
        <translation>Ordnet Umrisse eins zu eins wahren Umrissen zu, die beste Bewertung zuerst, und nennt Genauigkeit (Precision), Trefferquote (Recall) und F1, und wie gut die Umrisse der Zuordnungen der Wahrheit folgen: IoU, C-IoU, Boundary IoU, PoLiS, Teilungen und Verschmelzungen.

Die beiden Layer dürfen verschiedene KBS haben. Geben Sie das Gebiet an, in dem die wahren Gebäude vollständig sind, sonst zählt alles außerhalb als Fehler.</translation>
    </message>
    <message>
        <source>Mean IoU of the matches</source>
        <translation>Mittlere IoU der Zuordnungen</translation>
    </message>
    <message>
        <source>Merges</source>
        <translation>Verschmelzungen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model &amp;weights</source>
        <translation>&amp;Gewichte des Modells</translation>
    </message>
    <message>
        <source>Model weights</source>
        <translation>Gewichte des Modells</translation>
    </message>
    <message>
        <source>Model weights: {problem}</source>
        <translation>Gewichte des Modells: {problem}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Weiteres</translation>
    </message>
    <message>
        <source>New folder for settings, log, checkpoints and the weights, model.npz.</source>
        <translation>Neuer Ordner für Einstellungen, Protokoll, Zwischenstände und die Gewichte, model.npz.</translation>
    </message>
    <message>
        <source>No buildings were found. A lower score may find some.</source>
        <translation>Es wurden keine Gebäude gefunden. Eine niedrigere Mindestbewertung findet vielleicht welche.</translation>
    </message>
    <message>
        <source>No estimate: {message}</source>
        <translation>Keine Schätzung: {message}</translation>
    </message>
    <message>
        <source>No feature of the layer is selected.</source>
        <translation>Kein Objekt des Layers ist ausgewählt.</translation>
    </message>
    <message>
        <source>No rectangle is drawn yet.</source>
        <translation>Es ist noch kein Rechteck gezeichnet.</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>Keines gefunden</translation>
    </message>
    <message>
        <source>Nothing has to be downloaded.</source>
        <translation>Es muss nichts heruntergeladen werden.</translation>
    </message>
    <message>
        <source>Nothing is selected in the layer {name}.</source>
        <translation>Im Layer {name} ist nichts ausgewählt.</translation>
    </message>
    <message>
        <source>Number of buildings</source>
        <translation>Anzahl der Gebäude</translation>
    </message>
    <message>
        <source>Number of labels</source>
        <translation>Anzahl der Beschriftungen</translation>
    </message>
    <message>
        <source>Number of tiles</source>
        <translation>Anzahl der Kacheln</translation>
    </message>
    <message>
        <source>Numbers of the bands for red, green and blue, such as 4,3,2; one number for grey. Empty for the bands that the raster calls so, otherwise the first three.</source>
        <translation>Nummern der Kanäle für Rot, Grün und Blau, etwa 4,3,2; eine Nummer für Grau. Leer für die Kanäle, die das Raster so nennt, sonst die ersten drei.</translation>
    </message>
    <message>
        <source>One line for each building, with its partner.</source>
        <translation>Eine Zeile für jedes Gebäude, mit seinem Gegenstück.</translation>
    </message>
    <message>
        <source>Only buildings with their centre in these polygons count, on both sides.</source>
        <translation>Nur Gebäude mit ihrem Mittelpunkt in diesen Polygonen zählen, auf beiden Seiten.</translation>
    </message>
    <message>
        <source>Only what lies inside its polygons is looked at.</source>
        <translation>Nur was innerhalb seiner Polygone liegt, wird angesehen.</translation>
    </message>
    <message>
        <source>OpenStreetMap file</source>
        <translation>OpenStreetMap-Datei</translation>
    </message>
    <message>
        <source>OpenStreetMap files (*.osm)</source>
        <translation>OpenStreetMap-Dateien (*.osm)</translation>
    </message>
    <message>
        <source>Opening the buildings</source>
        <translation>Gebäude werden geöffnet</translation>
    </message>
    <message>
        <source>Outline &amp;tolerance</source>
        <translation>Umriss&amp;toleranz</translation>
    </message>
    <message>
        <source>Outlines of buildings, in any CRS. Without them the tiles have no labels.</source>
        <translation>Umrisse von Gebäuden, in beliebigem KBS. Ohne sie haben die Kacheln keine Beschriftung.</translation>
    </message>
    <message>
        <source>Outlines of the buildings on the raster, in any CRS.</source>
        <translation>Umrisse der Gebäude auf dem Raster, in beliebigem KBS.</translation>
    </message>
    <message>
        <source>Overlap, pixels</source>
        <translation>Überlappung, Pixel</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Pakete</translation>
    </message>
    <message>
        <source>Packages from a folder</source>
        <translation>Pakete aus einem Ordner</translation>
    </message>
    <message>
        <source>Pixel size, metres</source>
        <translation>Pixelgröße, Meter</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles of 300 x 300 share.</source>
        <translation>Pixel, die zwei benachbarte Kacheln von 300 x 300 gemeinsam haben.</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles share; less than the side of a tile.</source>
        <translation>Pixel, die zwei benachbarte Kacheln gemeinsam haben; weniger als die Seite einer Kachel.</translation>
    </message>
    <message>
        <source>PoLiS, metres</source>
        <translation>PoLiS, Meter</translation>
    </message>
    <message>
        <source>Polygons of a layer</source>
        <translation>Polygone eines Layers</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit (Precision)</translation>
    </message>
    <message>
        <source>Preparing geoseg</source>
        <translation>geoseg wird vorbereitet</translation>
    </message>
    <message>
        <source>Press the arrow to measure; a small part is fetched for that.</source>
        <translation>Mit dem Pfeil wird gemessen; dafür wird ein kleiner Teil geholt.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Python {version}, downloaded by uv</source>
        <translation>Python {version}, von uv heruntergeladen</translation>
    </message>
    <message>
        <source>Python {version}, {origin}: {path}</source>
        <translation>Python {version}, {origin}: {path}</translation>
    </message>
    <message>
        <source>Raster</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>Read it before you pass it on.</source>
        <translation>Lesen Sie ihn, bevor Sie ihn weitergeben.</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Trefferquote (Recall)</translation>
    </message>
    <message>
        <source>Rectangle drawn on the map</source>
        <translation>Auf der Karte gezeichnetes Rechteck</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>&amp;Entfernen…</translation>
    </message>
    <message>
        <source>Remove geoseg</source>
        <translation>geoseg entfernen</translation>
    </message>
    <message>
        <source>Remove the environment of geoseg? It can be made again at any time.</source>
        <translation>Die Umgebung von geoseg entfernen? Sie kann jederzeit neu angelegt werden.</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>Wird entfernt</translation>
    </message>
    <message>
        <source>Removing geoseg</source>
        <translation>geoseg wird entfernt</translation>
    </message>
    <message>
        <source>Repairing geoseg</source>
        <translation>geoseg wird repariert</translation>
    </message>
    <message>
        <source>Replace files</source>
        <translation>Dateien ersetzen</translation>
    </message>
    <message>
        <source>Replace them?</source>
        <translation>Ersetzen?</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Result: {problem}</source>
        <translation>Ergebnis: {problem}</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Reviewed as</source>
        <translation>Geprüft als</translation>
    </message>
    <message>
        <source>Rules for imports into OpenStreetMap apply: discuss it first, look at every building, and check the licence of the imagery.</source>
        <translation>Es gelten die Regeln für Importe in OpenStreetMap: vorher besprechen, jedes Gebäude ansehen und die Lizenz der Bilder prüfen.</translation>
    </message>
    <message>
        <source>Run of</source>
        <translation>Lauf vom</translation>
    </message>
    <message>
        <source>SHA-256 of the weights</source>
        <translation>SHA-256 der Gewichte</translation>
    </message>
    <message>
        <source>Samples in a step: more need more memory. Empty for the usual value.</source>
        <translation>Beispiele in einem Schritt: Mehr brauchen mehr Speicher. Leer für den üblichen Wert.</translation>
    </message>
    <message>
        <source>Save the buildings</source>
        <translation>Gebäude speichern</translation>
    </message>
    <message>
        <source>Se&amp;lected features only</source>
        <translation>Nur &amp;gewählte Objekte</translation>
    </message>
    <message>
        <source>Se&amp;lected features only ({count})</source>
        <translation>Nur &amp;gewählte Objekte ({count})</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Set &amp;up…</source>
        <translation>&amp;Einrichten…</translation>
    </message>
    <message>
        <source>Set up geoseg</source>
        <translation>geoseg einrichten</translation>
    </message>
    <message>
        <source>Show all buildings that were found on the map.</source>
        <translation>Alle gefundenen Gebäude auf der Karte zeigen.</translation>
    </message>
    <message>
        <source>Show the log, and a report that can be copied.</source>
        <translation>Das Protokoll zeigen, und einen Bericht, der kopiert werden kann.</translation>
    </message>
    <message>
        <source>Show what will be downloaded; nothing is installed yet.</source>
        <translation>Zeigen, was heruntergeladen wird; noch wird nichts installiert.</translation>
    </message>
    <message>
        <source>Side of a tile, pixels</source>
        <translation>Seite einer Kachel, Pixel</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of the tiles' pixels on the ground. Empty for the raster's own pixels.</source>
        <translation>Größe der Pixel der Kacheln am Boden. Leer für die Pixel des Rasters selbst.</translation>
    </message>
    <message>
        <source>Smaller buildings are dropped. True area on the ground, whatever the CRS.</source>
        <translation>Kleinere Gebäude entfallen. Wahre Fläche am Boden, gleich in welchem KBS.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out, square metres.</source>
        <translation>Kleinere Gebäude werden weggelassen, Quadratmeter.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out.</source>
        <translation>Kleinere Gebäude werden weggelassen.</translation>
    </message>
    <message>
        <source>Something unforeseen happened: {error}</source>
        <translation>Etwas Unvorhergesehenes ist geschehen: {error}</translation>
    </message>
    <message>
        <source>Splits</source>
        <translation>Teilungen</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Ausgehen von</translation>
    </message>
    <message>
        <source>Start from a file</source>
        <translation>Von einer Datei ausgehen</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Beginnt…</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>Getane Schritte</translation>
    </message>
    <message>
        <source>Still in use, and removed later:</source>
        <translation>Noch in Gebrauch, wird später entfernt:</translation>
    </message>
    <message>
        <source>Stop. What was found so far stays on the map, and the next run can go on from it.</source>
        <translation>Anhalten. Was bisher gefunden wurde, bleibt auf der Karte, und der nächste Lauf kann dort weitermachen.</translation>
    </message>
    <message>
        <source>Stop; what was in use stays in use.</source>
        <translation>Anhalten; was in Gebrauch war, bleibt in Gebrauch.</translation>
    </message>
    <message>
        <source>Style of the result</source>
        <translation>Stil des Ergebnisses</translation>
    </message>
    <message>
        <source>Table of buildings</source>
        <translation>Tabelle der Gebäude</translation>
    </message>
    <message>
        <source>Take packages from this folder and from nowhere else.</source>
        <translation>Pakete nur aus diesem Ordner nehmen und nirgends sonst her.</translation>
    </message>
    <message>
        <source>Take the score at which the model is best on the whole.</source>
        <translation>Die Bewertung nehmen, bei der das Modell insgesamt am besten ist.</translation>
    </message>
    <message>
        <source>Temporar&amp;y layer</source>
        <translation>&amp;Temporärlayer</translation>
    </message>
    <message>
        <source>The Python chosen in the settings of geoseg</source>
        <translation>Das in den Einstellungen von geoseg gewählte Python</translation>
    </message>
    <message>
        <source>The Python program of an environment that has geoseg in it.</source>
        <translation>Das Python-Programm einer Umgebung, die geoseg enthält.</translation>
    </message>
    <message>
        <source>The Python that the environment is made with: 3.10, 3.11 or 3.12, 64 bit.</source>
        <translation>Das Python, mit dem die Umgebung angelegt wird: 3.10, 3.11 oder 3.12, 64 Bit.</translation>
    </message>
    <message>
        <source>The area belongs to a raster; there is none.</source>
        <translation>Das Gebiet gehört zu einem Raster; es gibt keines.</translation>
    </message>
    <message>
        <source>The area cannot be written to {path}: {why}</source>
        <translation>Das Gebiet kann nicht nach {path} geschrieben werden: {why}</translation>
    </message>
    <message>
        <source>The area is outside the raster.</source>
        <translation>Das Gebiet liegt außerhalb des Rasters.</translation>
    </message>
    <message>
        <source>The area must be a polygon layer; {name} is none.</source>
        <translation>Das Gebiet muss ein Polygonlayer sein; {name} ist keiner.</translation>
    </message>
    <message>
        <source>The area must have a CRS; {name} has none.</source>
        <translation>Das Gebiet muss ein KBS haben; {name} hat keines.</translation>
    </message>
    <message>
        <source>The area must touch the raster; {name} lies elsewhere.</source>
        <translation>Das Gebiet muss das Raster berühren; {name} liegt anderswo.</translation>
    </message>
    <message>
        <source>The area {name} holds no polygon.</source>
        <translation>Das Gebiet {name} enthält kein Polygon.</translation>
    </message>
    <message>
        <source>The area {name} is empty.</source>
        <translation>Das Gebiet {name} ist leer.</translation>
    </message>
    <message>
        <source>The area {name} reaches to where {crs} is not defined.</source>
        <translation>Das Gebiet {name} reicht bis dorthin, wo {crs} nicht definiert ist.</translation>
    </message>
    <message>
        <source>The bundled model</source>
        <translation>Das mitgelieferte Modell</translation>
    </message>
    <message>
        <source>The bundled model, a network that knows photographs (imagenet), or nothing.</source>
        <translation>Das mitgelieferte Modell, ein Netz, das Fotos kennt (imagenet), oder nichts.</translation>
    </message>
    <message>
        <source>The environment was removed.</source>
        <translation>Die Umgebung wurde entfernt.</translation>
    </message>
    <message>
        <source>The environment will take about {size}; {free} are free.</source>
        <translation>Die Umgebung wird etwa {size} brauchen; {free} sind frei.</translation>
    </message>
    <message>
        <source>The file to write. You are asked before a file is replaced.</source>
        <translation>Die Datei, die geschrieben wird. Bevor eine Datei ersetzt wird, werden Sie gefragt.</translation>
    </message>
    <message>
        <source>The folder of the result must be new or empty; {path} is not.</source>
        <translation>Der Ordner des Ergebnisses muss neu oder leer sein; {path} ist es nicht.</translation>
    </message>
    <message>
        <source>The folder of the result must exist; there is none at {path}.</source>
        <translation>Der Ordner des Ergebnisses muss bestehen; unter {path} gibt es keinen.</translation>
    </message>
    <message>
        <source>The folder of wheels is not there.</source>
        <translation>Der Ordner mit Wheels ist nicht da.</translation>
    </message>
    <message>
        <source>The footprints; the ending of the file chooses the format.</source>
        <translation>Die Umrisse; die Endung der Datei wählt das Format.</translation>
    </message>
    <message>
        <source>The image in which buildings are looked for: a file, or a map or tile service.</source>
        <translation>Das Bild, in dem Gebäude gesucht werden: eine Datei oder ein Karten- oder Kacheldienst.</translation>
    </message>
    <message>
        <source>The imagery of a report must be a file; {name} is a service.</source>
        <translation>Die Bilder eines Berichts müssen eine Datei sein; {name} ist ein Dienst.</translation>
    </message>
    <message>
        <source>The layer has no coordinate reference system.</source>
        <translation>Der Layer hat kein Koordinatenbezugssystem.</translation>
    </message>
    <message>
        <source>The layer has no polygons.</source>
        <translation>Der Layer hat keine Polygone.</translation>
    </message>
    <message>
        <source>The layer {name} cannot be read.</source>
        <translation>Der Layer {name} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The layer {name} has no field review; choose all to export it as it is.</source>
        <translation>Der Layer {name} hat kein Feld review; wählen Sie „all“, um ihn so zu exportieren, wie er ist.</translation>
    </message>
    <message>
        <source>The layer {name} has no field score; leave the least score empty.</source>
        <translation>Der Layer {name} hat kein Feld score; lassen Sie die Mindestbewertung leer.</translation>
    </message>
    <message>
        <source>The licence of the imagery is not known to geoseg. It may restrict what may be done with footprints that were drawn from it.</source>
        <translation>geoseg kennt die Lizenz der Bilder nicht. Sie kann einschränken, was mit daraus gezeichneten Umrissen getan werden darf.</translation>
    </message>
    <message>
        <source>The name of the OpenStreetMap file must end in .osm; got {file}.</source>
        <translation>Der Name der OpenStreetMap-Datei muss auf .osm enden; angegeben ist {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in .osm; got {file}.</source>
        <translation>Der Name des Ergebnisses muss auf .osm enden; angegeben ist {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in one of {endings}; got {file}.</source>
        <translation>Der Name des Ergebnisses muss auf eines von {endings} enden; angegeben ist {file}.</translation>
    </message>
    <message>
        <source>The overlap must be less than a tile; got {overlap} and {side}.</source>
        <translation>Die Überlappung muss kleiner als eine Kachel sein; angegeben sind {overlap} und {side}.</translation>
    </message>
    <message>
        <source>The part of the raster in which buildings are looked for.</source>
        <translation>Der Teil des Rasters, in dem Gebäude gesucht werden.</translation>
    </message>
    <message>
        <source>The path of a raster to train on must have no comma; got {path}.</source>
        <translation>Der Pfad eines Rasters zum Trainieren darf kein Komma haben; angegeben ist {path}.</translation>
    </message>
    <message>
        <source>The place of {name} on the ground is not known.</source>
        <translation>Die Lage von {name} auf dem Boden ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The project has no polygon layer.</source>
        <translation>Das Projekt hat keinen Polygonlayer.</translation>
    </message>
    <message>
        <source>The project has no raster layer yet. Add an aerial image to begin with.</source>
        <translation>Das Projekt hat noch keinen Rasterlayer. Fügen Sie zuerst ein Luftbild hinzu.</translation>
    </message>
    <message>
        <source>The raster cannot be used.</source>
        <translation>Das Raster kann nicht verwendet werden.</translation>
    </message>
    <message>
        <source>The raster layer {name} cannot be read.</source>
        <translation>Der Rasterlayer {name} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The raster must have a CRS; set that of {name} in its properties.</source>
        <translation>Das Raster muss ein KBS haben; setzen Sie das von {name} in dessen Eigenschaften.</translation>
    </message>
    <message>
        <source>The raster to cut.</source>
        <translation>Das Raster, das geschnitten wird.</translation>
    </message>
    <message>
        <source>The raster to look at: any bands and bit depth, in any CRS.</source>
        <translation>Das Raster, das angesehen wird: beliebige Kanäle und Farbtiefe, in beliebigem KBS.</translation>
    </message>
    <message>
        <source>The raster {name} cannot be read.</source>
        <translation>Das Raster {name} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The result must be a folder; {path} is a file.</source>
        <translation>Das Ergebnis muss ein Ordner sein; {path} ist eine Datei.</translation>
    </message>
    <message>
        <source>The result must not replace the raster itself.</source>
        <translation>Das Ergebnis darf das Raster selbst nicht ersetzen.</translation>
    </message>
    <message>
        <source>The same buildings for JOSM, marked not to be uploaded as they are; several files if there are many.</source>
        <translation>Dieselben Gebäude für JOSM, mit dem Vermerk, sie nicht so hochzuladen; mehrere Dateien, wenn es viele sind.</translation>
    </message>
    <message>
        <source>The size on the ground of the pixels that the imagery is looked at with. Empty for that of the model.</source>
        <translation>Die Größe am Boden der Pixel, mit denen die Bilder angesehen werden. Leer für die des Modells.</translation>
    </message>
    <message>
        <source>Their layers are removed from the project.</source>
        <translation>Ihre Layer werden aus dem Projekt entfernt.</translation>
    </message>
    <message>
        <source>There are no weights at {path}.</source>
        <translation>Unter {path} gibt es keine Gewichte.</translation>
    </message>
    <message>
        <source>There is no Python to make the environment with.</source>
        <translation>Es gibt kein Python, mit dem die Umgebung angelegt werden kann.</translation>
    </message>
    <message>
        <source>There is no model {file}.</source>
        <translation>Es gibt kein Modell {file}.</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>Es gibt keine solche Datei.</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>Es gibt keinen solchen Ordner.</translation>
    </message>
    <message>
        <source>There is not enough room on the disk.</source>
        <translation>Auf der Platte ist nicht genug Platz.</translation>
    </message>
    <message>
        <source>There must be something to learn from: a folder of tiles, or a raster.</source>
        <translation>Es muss etwas geben, woraus gelernt wird: ein Ordner mit Kacheln oder ein Raster.</translation>
    </message>
    <message>
        <source>These files are there already:</source>
        <translation>Diese Dateien sind schon da:</translation>
    </message>
    <message>
        <source>This Python cannot tell beforehand what will be downloaded.</source>
        <translation>Dieses Python kann nicht vorher sagen, was heruntergeladen wird.</translation>
    </message>
    <message>
        <source>This cannot be written.</source>
        <translation>Das kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>Das ist ein Ordner.</translation>
    </message>
    <message>
        <source>This is the raster itself.</source>
        <translation>Das ist das Raster selbst.</translation>
    </message>
    <message>
        <source>Tile raster with labels</source>
        <translation>Raster mit Beschriftung kacheln</translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation>Kacheln</translation>
    </message>
    <message>
        <source>Tiles looked at</source>
        <translation>Angesehene Kacheln</translation>
    </message>
    <message>
        <source>Tiles to score on</source>
        <translation>Kacheln zum Bewerten</translation>
    </message>
    <message>
        <source>Tiles without data</source>
        <translation>Kacheln ohne Daten</translation>
    </message>
    <message>
        <source>Tolerance, metres</source>
        <translation>Toleranz, Meter</translation>
    </message>
    <message>
        <source>Train model</source>
        <translation>Modell trainieren</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>True buildings</source>
        <translation>Wahre Gebäude</translation>
    </message>
    <message>
        <source>Try it, and use it if geoseg works in it.</source>
        <translation>Ausprobieren und verwenden, wenn geoseg darin läuft.</translation>
    </message>
    <message>
        <source>Try the environment, and make it anew as it was if something is broken.</source>
        <translation>Die Umgebung ausprobieren und sie, wenn etwas kaputt ist, neu anlegen, wie sie war.</translation>
    </message>
    <message>
        <source>Trying geoseg</source>
        <translation>geoseg wird ausprobiert</translation>
    </message>
    <message>
        <source>Trying the environment</source>
        <translation>Die Umgebung wird ausprobiert</translation>
    </message>
    <message>
        <source>Updating pip inside the environment</source>
        <translation>pip in der Umgebung wird aktualisiert</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Version of geoseg</source>
        <translation>Version von geoseg</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>Warning: {message}</source>
        <translation>Warnung: {message}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Weights of your own to start from, in the place of the choice above.</source>
        <translation>Eigene Gewichte, von denen ausgegangen wird, anstelle der Auswahl oben.</translation>
    </message>
    <message>
        <source>What a run with these settings will look at, and how long.</source>
        <translation>Was ein Lauf mit diesen Einstellungen ansehen wird, und wie lange.</translation>
    </message>
    <message>
        <source>What geoseg says while it works.</source>
        <translation>Was geoseg bei der Arbeit meldet.</translation>
    </message>
    <message>
        <source>What is there in truth.</source>
        <translation>Was in Wahrheit da ist.</translation>
    </message>
    <message>
        <source>What runs the model: ONNX Runtime or Keras. auto takes Keras only for a GPU.</source>
        <translation>Was das Modell ausführt: ONNX Runtime oder Keras. auto nimmt Keras nur für eine GPU.</translation>
    </message>
    <message>
        <source>What the buildings were found in, for the pictures of the report; a file.</source>
        <translation>Worin die Gebäude gefunden wurden, für die Bilder des Berichts; eine Datei.</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Was die Karte zeigt</translation>
    </message>
    <message>
        <source>What was kept is not used: {why}</source>
        <translation>Was aufgehoben wurde, wird nicht verwendet: {why}</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Was schiefging</translation>
    </message>
    <message>
        <source>What will be installed into the environment.</source>
        <translation>Was in die Umgebung installiert wird.</translation>
    </message>
    <message>
        <source>Where all buildings are drawn; tiles that touch it are written.</source>
        <translation>Wo alle Gebäude gezeichnet sind; Kacheln, die es berühren, werden geschrieben.</translation>
    </message>
    <message>
        <source>Where all buildings of the raster are drawn. Empty for everywhere.</source>
        <translation>Wo alle Gebäude des Rasters gezeichnet sind. Leer für überall.</translation>
    </message>
    <message>
        <source>Where the model runs: auto, cpu, gpu, or gpu:N for one of several.</source>
        <translation>Wo das Modell läuft: auto, cpu, gpu, oder gpu:N für eine von mehreren.</translation>
    </message>
    <message>
        <source>Where to look.</source>
        <translation>Wo gesucht wird.</translation>
    </message>
    <message>
        <source>Which buildings to take, by the field review: those that were accepted or edited, those that were not rejected, or all. A layer without that field has to be exported as all.</source>
        <translation>Welche Gebäude genommen werden, nach dem Feld review: die angenommenen oder bearbeiteten (accepted), die nicht abgelehnten (not rejected) oder alle (all). Ein Layer ohne dieses Feld muss als all exportiert werden.</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Ganzer Layer</translation>
    </message>
    <message>
        <source>Without the internet, a folder of wheels is needed.</source>
        <translation>Ohne Internet wird ein Ordner mit Wheels gebraucht.</translation>
    </message>
    <message>
        <source>Writes footprints as OSM files for JOSM: neighbours share nodes, buildings with holes are multipolygons, and what would not fit into one upload is split.

The files are marked not to be uploaded as they are. Before an import, discuss it with the local community, look at every building, leave alone what mappers drew, and make sure that the licence of the imagery allows it.</source>
        <translation>Schreibt Umrisse als OSM-Dateien für JOSM: Nachbarn teilen sich Knoten, Gebäude mit Löchern sind Multipolygone, und was nicht in einen Upload passen würde, wird geteilt.

Die Dateien tragen den Vermerk, dass sie so nicht hochgeladen werden sollen. Besprechen Sie einen Import vorher mit der Gemeinschaft vor Ort, sehen Sie jedes Gebäude an, lassen Sie in Ruhe, was Mapper gezeichnet haben, und stellen Sie sicher, dass die Lizenz der Bilder es erlaubt.</translation>
    </message>
    <message>
        <source>above 0.90: sure</source>
        <translation>über 0,90: sicher</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>downloaded by uv</source>
        <translation>von uv heruntergeladen</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezeichnet</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
    <message>
        <source>geoseg</source>
        <translation>geoseg</translation>
    </message>
    <message>
        <source>geoseg (buildings from imagery)</source>
        <translation>geoseg (Gebäude aus Bildern)</translation>
    </message>
    <message>
        <source>geoseg answered something that the plugin does not understand: {what}</source>
        <translation>geoseg hat etwas geantwortet, was das Plugin nicht versteht: {what}</translation>
    </message>
    <message>
        <source>geoseg finds buildings in a Python environment of its own. The Python of QGIS is not touched.</source>
        <translation>geoseg sucht Gebäude in einer eigenen Python-Umgebung. Das Python von QGIS wird nicht angerührt.</translation>
    </message>
    <message>
        <source>geoseg in a Python of your own</source>
        <translation>geoseg in einem eigenen Python</translation>
    </message>
    <message>
        <source>geoseg is not set up yet.</source>
        <translation>geoseg ist noch nicht eingerichtet.</translation>
    </message>
    <message>
        <source>geoseg is not set up yet. Open the geoseg panel and set it up there, or name a Python that has geoseg in the environment variable GEOSEG_PYTHON.</source>
        <translation>geoseg ist noch nicht eingerichtet. Öffnen Sie das Bedienfeld geoseg und richten Sie es dort ein, oder nennen Sie in der Umgebungsvariable GEOSEG_PYTHON ein Python, das geoseg hat.</translation>
    </message>
    <message>
        <source>geoseg runs in a Python environment of its own; set it up, repair or remove it.</source>
        <translation>geoseg läuft in einer eigenen Python-Umgebung; sie lässt sich einrichten, reparieren oder entfernen.</translation>
    </message>
    <message>
        <source>geoseg {version} is ready.</source>
        <translation>geoseg {version} ist bereit.</translation>
    </message>
    <message>
        <source>geoseg {version}, {kind}</source>
        <translation>geoseg {version}, {kind}</translation>
    </message>
    <message>
        <source>geoseg,building,footprint,roof,house,deep learning,AI,OpenStreetMap</source>
        <translation>geoseg,Gebäude,Umriss,Dach,Haus,maschinelles Lernen,KI,OpenStreetMap,building,footprint</translation>
    </message>
    <message>
        <source>installed by uv</source>
        <translation>von uv installiert</translation>
    </message>
    <message>
        <source>of Conda</source>
        <translation>von Conda</translation>
    </message>
    <message>
        <source>of the map view</source>
        <translation>der Kartenansicht</translation>
    </message>
    <message>
        <source>of these {duration} to fetch {n} megapixels</source>
        <translation>davon {duration}, um {n} Megapixel abzurufen</translation>
    </message>
    <message>
        <source>on the search path</source>
        <translation>im Suchpfad</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>to review</source>
        <translation>zu prüfen</translation>
    </message>
    <message>
        <source>up to 0.50: look closely</source>
        <translation>bis 0,50: genau ansehen</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>noch {duration}</translation>
    </message>
    <message>
        <source>{file} cannot be read as a raster.</source>
        <translation>{file} kann nicht als Raster gelesen werden.</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{name} cannot be copied into a file: {why}</source>
        <translation>{name} kann nicht in eine Datei kopiert werden: {why}</translation>
    </message>
    <message>
        <source>{name} cannot be copied.</source>
        <translation>{name} kann nicht kopiert werden.</translation>
    </message>
    <message>
        <source>{name} cannot be written to {path}: {why}</source>
        <translation>{name} kann nicht nach {path} geschrieben werden: {why}</translation>
    </message>
    <message>
        <source>{name} gave no picture of the area; check the network, and whether the service covers it at this size of pixels.</source>
        <translation>{name} hat kein Bild des Gebiets geliefert; prüfen Sie das Netz, und ob der Dienst es in dieser Pixelgröße abdeckt.</translation>
    </message>
    <message>
        <source>{name} has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose an area.</source>
        <translation>{name} hat {width} x {height} Pixel zu {gsd} m, zu viele zum Abrufen; wählen Sie ein Gebiet.</translation>
    </message>
    <message>
        <source>{name} need not be copied.</source>
        <translation>{name} muss nicht kopiert werden.</translation>
    </message>
    <message>
        <source>{name}: the area has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose a smaller one, or larger pixels.</source>
        <translation>{name}: Das Gebiet hat {width} x {height} Pixel zu {gsd} m, zu viele zum Abrufen; wählen Sie ein kleineres oder größere Pixel.</translation>
    </message>
    <message>
        <source>{n} GB</source>
        <translation>{n} GB</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <source>{n} buildings on {area}, in {duration}.</source>
        <translation>{n} Gebäude auf {area}, in {duration}.</translation>
    </message>
    <message>
        <source>{n} buildings.</source>
        <translation>{n} Gebäude.</translation>
    </message>
    <message>
        <source>{n} candidates</source>
        <translation>{n} Kandidaten</translation>
    </message>
    <message>
        <source>{n} found</source>
        <translation>{n} gefunden</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} h</translation>
    </message>
    <message>
        <source>{n} km²</source>
        <translation>{n} km²</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{n} m²</source>
        <translation>{n} m²</translation>
    </message>
    <message>
        <source>{n} packages will be installed.</source>
        <translation>{n} Pakete werden installiert.</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{size} will be downloaded.</source>
        <translation>{size} werden heruntergeladen.</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}, {n} megapixels to fetch</source>
        <translation>{tiles} Kacheln, {area}, {n} Megapixel zu holen</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}: about {duration}</source>
        <translation>{tiles} Kacheln, {area}: etwa {duration}</translation>
    </message>
    <message>
        <source>{what} must be a program; there is none at {path}.</source>
        <translation>{what} muss ein Programm sein; unter {path} gibt es keines.</translation>
    </message>
    <message>
        <source>{what}: about {duration} and the time to fetch</source>
        <translation>{what}: etwa {duration} und die Zeit zum Holen</translation>
    </message>
    <message>
        <source>{width} x {height} pixels will be fetched, about {mb} MB on the disk; this may take long, and some services do not allow so much.</source>
        <translation>{width} x {height} Pixel werden abgerufen, etwa {mb} MB auf der Platte; das kann lange dauern, und manche Dienste erlauben nicht so viel.</translation>
    </message>
</context>
</TS>
